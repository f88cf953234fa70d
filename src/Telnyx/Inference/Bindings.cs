using Ringwright.Http;
using Ringwright.Telnyx.Assistants;
using static Ringwright.Http.Bind;

namespace Ringwright.Telnyx.Inference;

/// <summary>The node's language model, and its ears, without a call.</summary>
internal static class Bindings
{
    public static IEnumerable<Binding> Rows(AssistantParts parts) =>
    [
        Handle("chat_public_chat_completions_post", op => ChatCompletions.Create(op, parts)),
        Handle("get_models_public_models_get", op => Models.List(op, parts)),
        Handle("audio_public_audio_transcriptions_post", op => Transcriptions.Create(op, parts)),
        // Where clients of OpenAI's find them that are told to ask newer servers of this API.
        Handle("CreateOpenAiChatCompletion", op => ChatCompletions.Create(op, parts)),
        Handle("ListOpenAiModels", op => Models.List(op, parts)),
        Handle("GetOpenAiModel", op => Models.Get(op, parts)),
    ];
}
