using Ringwright.Calls;
using Ringwright.Egress;
using Ringwright.Media.Native;

namespace Ringwright.Speech;

/// <summary>What came of asking a service that speaks.</summary>
internal static class SpeechAnswer
{
    public static AudioResult Failed(EgressResult result) =>
        AudioResult.Failed(FailureOf(result), $"The speech provider did not speak the text. {result.Detail}");

    /// <summary>
    /// The answer as it came, when it is a WAV file; or an MP3, or samples, which some servers send whatever they are asked for.
    /// </summary>
    public static AudioResult OfFile(EgressResult result)
    {
        if (!result.IsSuccess) return Failed(result);
        byte[] file = result.Body.ToArray();
        if (!AudioFormat.IsWav(file))
        {
            // Silence of bare samples looks like the beginning of an MP3: what the server calls it counts first.
            var (bare, fault) = BareAudio.Read(file, result.ContentType);
            if (bare is not null) return AudioResult.Of(bare);
            if (fault is null && !Mp3Reader.IsMp3(file))
                fault = AudioFormat.OtherFormat(file) ?? "something that is neither WAV nor MP3";
            if (fault is not null) return AudioResult.Failed(PromptFailure.Failed, $"The speech provider answered with {fault}.");
        }
        AudioFormat.Mend(file);
        return AudioResult.Of(AudioFormat.Join(file));
    }

    /// <summary>
    /// The answer as a WAV file, when it is bare samples: 16 bits, little-endian, mono. Some servers pass over the format
    /// that was asked for: what says itself that it is another is never heard as samples.
    /// </summary>
    public static AudioResult OfSamples(EgressResult result, int sampleRate)
    {
        if (!result.IsSuccess) return Failed(result);
        if (AudioFormat.IsWav(result.Body.Span)) return OfFile(result);
        if (Mp3Frames.Begin(result.Body.Span)) return AudioResult.Of(result.Body.ToArray());
        if (AudioFormat.OtherFormat(result.Body.Span) is { } other)
            return AudioResult.Failed(PromptFailure.Failed, $"The speech provider answered with {other}.");
        bool isText = result.ContentType is { } type
            && (type.Contains("json", StringComparison.OrdinalIgnoreCase) || type.StartsWith("text/", StringComparison.OrdinalIgnoreCase));
        return isText || result.Body.Length < 2
            ? AudioResult.Failed(PromptFailure.Failed, "The speech provider answered with something that is no audio.")
            : AudioResult.Of(AudioFormat.ToWav(result.Body.Span, sampleRate));
    }

    private static PromptFailure FailureOf(EgressResult result) => result.Failure switch
    {
        EgressFailure.TimedOut => PromptFailure.TimedOut,
        EgressFailure.TooLarge => PromptFailure.TooLarge,
        // A wrong key, address or path, or nobody there: the operator's to mend, not the text's fault.
        EgressFailure.HttpStatus when result.Status is 401 or 403 or 404 => PromptFailure.SpeechUnavailable,
        EgressFailure.BadUrl or EgressFailure.Forbidden or EgressFailure.Dns or EgressFailure.Connect or EgressFailure.Tls =>
            PromptFailure.SpeechUnavailable,
        _ => PromptFailure.Failed,
    };
}
