import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from feedback_loop.analysis.cluster_texts import clustered_texts
from feedback_loop.methods.grouping.rows import Vectors
from feedback_loop_tests.complaint_stream import Said, stream


def example(each: int = 20) -> tuple[list[str], Vectors, list[str]]:
    said = stream([Said(0, topic) for topic in ("refund", "login", "scanner") for _ in range(each)])
    texts = [f"{text} {n}" for n, text in enumerate(said.fragments["masked_text"])]
    vectors = said.embeddings["vector"].explode().to_numpy().reshape(len(texts), -1)
    return texts, vectors, [said.topics[f] for f in said.fragments["fragment_id"]]


def test_texts_of_one_topic_share_a_cluster_and_a_label_of_its_words() -> None:
    texts, vectors, topics = example()
    found = clustered_texts(texts, vectors)
    assert found.columns == ["cluster_id", "cluster_label", "is_noise"]
    by_topic = {topic: {c for c, t in zip(found["cluster_id"], topics, strict=True) if t == topic} for topic in topics}
    assert all(len(ids) == 1 for ids in by_topic.values())
    assert len(set().union(*by_topic.values())) == 3
    assert "refund" in found["cluster_label"][0]


@given(st.randoms(use_true_random=False))
@settings(max_examples=5, deadline=None)
def test_the_order_of_the_texts_does_not_matter(chance: object) -> None:
    texts, vectors, _ = example()
    order = list(range(len(texts)))
    chance.shuffle(order)  # type: ignore[attr-defined]
    assert_frame_equal(clustered_texts([texts[n] for n in order], vectors[order]), clustered_texts(texts, vectors)[order])


def test_no_texts_give_no_rows() -> None:
    assert clustered_texts([], np.zeros((0, 4), dtype=np.float32)).height == 0


def test_a_few_texts_share_one_cluster_of_noise() -> None:
    texts, vectors, _ = example(each=1)
    found = clustered_texts(texts, vectors)
    assert found["cluster_id"].n_unique() == 1
    assert found["is_noise"].all()
