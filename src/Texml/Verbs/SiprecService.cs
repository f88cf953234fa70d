using System.Buffers;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Telnyx.Connections;
using Ringwright.Telnyx.Texml;
using Ringwright.Texml.Documents;
using Ringwright.Texml.Run;

namespace Ringwright.Texml.Verbs;

/// <summary>A recording server of the account's records the call.</summary>
internal static class SiprecService
{
    private static readonly SearchValues<char> NameChars =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._");

    /// <inheritdoc cref="StreamService.BeginAsync"/>
    public static async ValueTask<bool> BeginAsync(DocumentCall call, TexmlElement service, VerbValues values)
    {
        if (values.Filled("connectorName") is not { } name)
        {
            await call.WarnAsync($"Siprec has no connectorName ({service.At})");
            return false;
        }
        if (await call.Parts.Records.FindRecorderAsync(call.Leg.Tenant, name, call.Stop) is not var (host, port))
        {
            await call.WarnAsync($"connectorName: there is no SIPREC connector {name} in this account ({service.At})");
            return false;
        }
        bool isSecure = values.Flag("secure");
        var terms = new SiprecTerms(name, host, port)
        {
            Tracks = ServiceVerbs.TracksOf(values.Text("track")),
            // Who wants the audio encrypted does not want its keys in the clear.
            Transport = isSecure ? SipTransport.Tls : SipTransport.Udp,
            IsSecure = isSecure,
            SessionSeconds = values.Whole("sessionTimeoutSecs") is { } seconds and > 0 ? seconds : null,
            TellsHeaders = values.Flag("includeMetadataCustomHeaders"),
            Parameters = await ParametersAsync(call, service),
        };
        string? callback = await Actions.CallbackAsync(call, values, "statusCallback", "statusCallbackMethod", ["siprec"]);
        return await call.TrySendAsync(new LegCommand.StartSiprec(terms)
        {
            Labels = Labels.Of((TexmlLabels.Siprec, callback), (TexmlLabels.SiprecName, values.Filled("name")))
        }, "Siprec");
    }

    /// <inheritdoc cref="StreamService.EndAsync"/>
    public static async ValueTask<string?> EndAsync(DocumentCall call)
    {
        // Another may just have ended.
        object happened = await call.NextAsync(e => e is CallEvent.SiprecStarted or CallEvent.SiprecFailed);
        if (happened is CallEvent.SiprecStarted { Session: var session })
            happened = await call.NextAsync(e => e is CallEvent.SiprecStopped stopped && stopped.Session == session
                || e is CallEvent.SiprecFailed lost && lost.Session == session);
        return happened is CallEvent.SiprecFailed failed ? failed.Reason : null;
    }

    /// <summary>A header can be called so, and hold it.</summary>
    public static bool IsTold(StreamParameter one) => one.Name.Length is > 0 and <= 64 && !one.Name.AsSpan().ContainsAnyExcept(NameChars)
        && one.Value.Length <= Limits.SiprecParameterCharacters && !one.Value.Any(char.IsControl);

    /// <summary>Those that are told; of the others a warning.</summary>
    private static async ValueTask<IReadOnlyList<StreamParameter>> ParametersAsync(DocumentCall call, TexmlElement service)
    {
        var all = ServiceVerbs.ParametersOf(service).ToList();
        var good = all.Where(IsTold).Take(Limits.SiprecParameters).ToList();
        if (good.Count < all.Count)
            await call.WarnAsync($"{all.Count - good.Count} of the parameters of Siprec are not told: "
                + $"no more than {Limits.SiprecParameters}, with names of letters, digits, - . and _, "
                + $"of {Limits.SiprecParameterCharacters} characters each ({service.At})");
        return good;
    }
}
