namespace Ringwright.Contract.Conformance;

/// <summary>The node's model and its ears without a call.</summary>
internal static class InferenceRows
{
    public static readonly Area Area = new(
    [
        new("chat_public_chat_completions_post", """{"messages": [{"role": "user", "content": "Hello"}]}""")
        {
            // Which of the ways an answer is bound by, and whose key: one test each has them.
            Full = """
                {"api_key_ref": null, "guided_choice": null, "guided_json": {"type": "object"}, "response_format": null, "stream": false,
                 "tools": [{"type": "function", "function": {"name": "weather", "description": "Tells it.", "parameters": {"type": "object"}}}]}
                """,
        },
        new("get_models_public_models_get") { IsEverybodys = true },
        new("audio_public_audio_transcriptions_post", """{"model": "distil-whisper/distil-large-v2", "file": "tone.wav", "file_url": null}""")
        {
            Full = """{"response_format": "verbose_json", "timestamp_granularities[]": "segment"}""",
            Then = (_, _, answer) =>
            {
                Assert.Equal("hello", (string?)answer.Json!["text"]);
                return Task.CompletedTask;
            },
        },
    ]);
}
