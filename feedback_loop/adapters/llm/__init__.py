"""Language models behind LiteLLM and Instructor, as `ports.TextModel`: any provider, or any address that speaks as OpenAI's does.

`opening` reads the settings; the rest are its parts. Only `calling` knows the two libraries, which take seconds to import and are imported
when the first question is asked.
"""
