using Ringwright.Calls;

namespace Ringwright.Speech;

/// <summary>
/// The bytes of an audio file, fetched or rendered, or why there are none. <paramref name="Detail"/> is a sentence for the customer.
/// </summary>
public readonly record struct AudioResult(byte[]? Bytes, PromptFailure Failure, string? Detail)
{
    public static AudioResult Of(byte[] bytes) => new(bytes, PromptFailure.None, null);
    public static AudioResult Failed(PromptFailure failure, string detail) => new(null, failure, detail);
}
