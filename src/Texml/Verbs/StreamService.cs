using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Telnyx.Texml;
using Ringwright.Texml.Documents;
using Ringwright.Texml.Run;

namespace Ringwright.Texml.Verbs;

/// <summary>The call's audio to a socket and back.</summary>
internal static class StreamService
{
    /// <returns>False when it was refused, or cannot be: told as a warning.</returns>
    public static async ValueTask<bool> BeginAsync(DocumentCall call, TexmlElement service, VerbValues values)
    {
        if (values.Filled("url") is not { } said || await Actions.ResolveAsync(call, said, "Stream", TargetUse.Socket) is not { } url)
        {
            if (!values.Has("url")) await call.WarnAsync($"Stream has no url ({service.At})");
            return false;
        }
        int rate = values.Whole("bidirectionalSamplingRate") ?? 8_000;
        var terms = new StreamTerms(url, ServiceVerbs.TracksOf(values.Text("track")))
        {
            // TwiML has one codec, both ways.
            Format = call.Language.IsTwiml ? StreamFormat.Pcmu
                : values.Text("codec") is { } codec and not ("default" or "") ? FormatOf(codec, rate) : null,
            Injection = call.Language.IsTwiml || values.Text("bidirectionalMode") is "rtp" ? StreamInjection.Rtp : StreamInjection.Mp3,
            InjectionFormat = FormatOf(values.Text("bidirectionalCodec"), rate),
            CustomParameters = [.. ServiceVerbs.ParametersOf(service)],
            Reconnects = values.Flag("enableReconnect"),
            Headers = await call.SignatureOfAsync(Actions.SignedOf(said, url)),
        };
        string? callback = await Actions.CallbackAsync(call, values, "statusCallback", "statusCallbackMethod", ["stream"]);
        return await call.TrySendAsync(new LegCommand.StartStream(terms)
        {
            Labels = Labels.Of((TexmlLabels.Stream, callback), (TexmlLabels.StreamName, values.Filled("name")))
        }, "Stream");
    }

    /// <summary>Until the one that has just begun is over.</summary>
    /// <returns>Why it failed; null when it did not.</returns>
    public static async ValueTask<string?> EndAsync(DocumentCall call)
    {
        // Another may just have ended.
        object happened = await call.NextAsync(e => e is CallEvent.StreamStarted or CallEvent.StreamFailed);
        if (happened is CallEvent.StreamStarted { Stream: var stream })
            happened = await call.NextAsync(e => e is CallEvent.StreamStopped stopped && stopped.Stream == stream
                || e is CallEvent.StreamFailed lost && lost.Stream == stream);
        return happened is CallEvent.StreamFailed failed ? failed.Reason : null;
    }

    /// <summary>G.722, PCMU and PCMA have one rate each.</summary>
    private static StreamFormat FormatOf(string codec, int rate) => codec.ToUpperInvariant() switch
    {
        "G722" => new("G722", 16_000),
        "OPUS" => new("OPUS", rate),
        "L16" => new("L16", rate),
        "PCMA" => new("PCMA", 8_000),
        _ => StreamFormat.Pcmu,
    };
}
