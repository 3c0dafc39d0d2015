"""all-MiniLM-L6-v2 on ONNX Runtime, without torch: `weights` → `graph` → `embedder`, with `tokenise` beside them.

Not here: the cache of vectors (`adapters.embedding_cache`) and the fallback without weights (`adapters.tfidf_embedder`).
The rule that is easy to break: nothing that computes a vector may see how many texts are computed beside it.
"""
