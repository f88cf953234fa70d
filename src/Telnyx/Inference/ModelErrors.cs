using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Egress;
using Ringwright.Http;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Inference;

/// <summary>What a client is told when the node's model, or its server, does not answer it.</summary>
internal static class ModelErrors
{
    private const string Unexpected = "10007", TimedOut = "10008", Busy = "10011", NotFound = "10005";
    private const int LongestWord = 500;

    public static Reply NoModel(OperationContext op) =>
        op.NotBuilt("No language model thinks for this node: its operator names one by --llm-url.");

    public static Reply NoPlace(OperationContext op, string what = "As many questions to the model are under way as may be") =>
        op.Fail(new Problem(Busy, $"{what}: try again in a moment.")).With("retry-after", "1");

    /// <param name="why">As part of a sentence.</param>
    public static Reply Failed(OperationContext op, string why) =>
        op.Fail(new Problem(Unexpected, $"The model gave no answer: {why}.") { Status = 502 });

    public static Reply Late(OperationContext op) => op.Fail(new Problem(TimedOut, "The model gave no whole answer in time."));

    /// <summary>Of an exchange without success. What the server says of the request is told; what it says of itself is not.</summary>
    /// <param name="isOwnKey">The key was the account's.</param>
    public static Reply Of(OperationContext op, EgressResult result, string? key, bool isOwnKey)
    {
        if (result.Failure is EgressFailure.TimedOut) return Late(op);
        if (result is not { Failure: EgressFailure.HttpStatus, Status: { } status })
            return Failed(op, $"its server cannot be asked ({SnakeName.Of(result.Failure)})");
        switch (status)
        {
            case 400 or 404 or 413 or 422 or 429:
                string code = status switch { 404 => NotFound, 429 => Busy, _ => VoiceErrors.BadRequest };
                return Later(op.Fail(new Problem(code, Said(result, key) ?? $"The model's server answered {status}.") { Status = status }),
                    result);
            case 401 or 403 when isOwnKey:
                return op.Invalid("/api_key_ref", VoiceErrors.BadRequest, "The model's server does not take the key of this secret.");
            case 401 or 403:
                return Failed(op, "its server does not take the node's key");
            // 529 is that of a server which has too much to do.
            case >= 500:
                return Later(Failed(op, $"its server answered {status}"), result);
            default:
                return Failed(op, $"its server answered {status}");
        }
    }

    /// <summary>
    /// Of a whole answer behind a 200 that tells of an error and of nothing else, by its code (OpenRouter, and proxies); null for any
    /// other.
    /// </summary>
    /// <inheritdoc cref="Of"/>
    /// <param name="read">The answer as JSON; null where it cannot be read.</param>
    public static Reply? Within(OperationContext op, ReadOnlyMemory<byte> answer, JsonObject? read, string? key, bool isOwnKey)
    {
        if (read?["error"] is not { } error || read["choices"] is JsonArray { Count: > 0 }) return null;
        var said = error as JsonObject;
        int? status = said?.Whole("code")
            ?? (int.TryParse(said?.Text("code"), NumberStyles.None, CultureInfo.InvariantCulture, out int told) ? (int?)told : null);
        return status is 400 or 404 or 413 or 422 or 429
            ? Of(op, new() { Failure = EgressFailure.HttpStatus, Status = status, Body = answer }, key, isOwnKey)
            : Failed(op, "its server told of an error");
    }

    /// <summary>With the time for which the server is to be left alone, where it says one: clients keep to it.</summary>
    private static Reply Later(Reply reply, EgressResult result)
    {
        string? later = result.Header("Retry-After");
        return later is { Length: > 0 and < 64 } ? reply.With("retry-after", later) : reply;
    }

    /// <summary>The message of an error in OpenAI's form, or in one of those that other servers have; null where there is none.</summary>
    private static string? Said(EgressResult result, string? key)
    {
        var any = ModelJson.ReadAny(result.Body.Span);
        // Google's comes in a list.
        var read = any as JsonObject ?? (any as JsonArray)?.OfType<JsonObject>().FirstOrDefault();
        string? text = read?.Child("error")?.Filled("message") ?? read?.Filled("message") ?? read?.Filled("error") ?? read?.Filled("detail")
            ?? (read?["detail"] as JsonArray)?.OfType<JsonObject>().FirstOrDefault()?.Filled("msg");
        if (text is null) return null;
        if (key is { Length: > 0 }) text = text.Replace(key, "***", StringComparison.Ordinal);
        return text.Length <= LongestWord ? text : text[..LongestWord];
    }
}
