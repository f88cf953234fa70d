using System.Collections.Frozen;
using System.Text.Json;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store;

namespace Ringwright.Voipbin;

/// <summary>The API of the campaign dialer: customers, agents, plans, lists, campaigns, queues, flows, and whoever asks for them.</summary>
public static class VoipbinDialect
{
    public const string Name = "voipbin", Root = "/v1.0";

    private static readonly FrozenDictionary<string, string> Refusals = VoipbinContract.ReadRefusals();

    /// <summary>From now on customers are told of what whoever dials does.</summary>
    public static void TellCampaigns(Database store, Contract contract, VoipbinNotation notation) =>
        store.CampaignFaces.Open(new DialerNews(contract, notation));

    public static Dialect Create(Contract contract, VoipbinParts parts) => new()
    {
        Name = Name,
        Title = "The campaign dialer (VoIPBin v1.0)",
        Root = Root,
        Contract = contract,
        Errors = VoipbinContract.ReadErrors(),
        Form = parts.Notation.IsPlain ? VoipbinForm.Form : VoipbinForm.Form with { Finish = parts.Notation.Apply },
        Bindings = VoipbinBindings.Of(contract, parts),
        Json = JsonSerializerOptions.Default,       // handlers read and write nodes only
        Refuse = static refusal => new(ReasonOf(refusal), "The node refuses this: " + WordsOf(refusal) + "."),
        Rows = kind => DialerRows.Of(parts.Store, kind),
        IsForeign = (kind, tenant, id, stop) => DialerRows.IsForeignAsync(parts.Store, kind, tenant, id, stop),
    };

    internal static string ReasonOf(Refusal refusal) => Refusals[SnakeName.Of(refusal)];

    private static string WordsOf(Refusal refusal) => SnakeName.Of(refusal).Replace('_', ' ');
}
