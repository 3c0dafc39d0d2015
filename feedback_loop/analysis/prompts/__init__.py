"""What a language model is asked: one template (YAML) and one output schema (pydantic) a stage, side by side.

The version of a prompt follows from its content, and a golden file in the tests pins each rendered one. Who answers is `adapters/llm`.
The rule that is easy to break: words of customers enter a prompt through `untrusted` alone.
"""
