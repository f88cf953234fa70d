using System.Text.Json;
using Ringwright.Calls;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Store.Tables;
using static Ringwright.Http.Bind;

namespace Ringwright.Operator;

/// <summary>The operator's own API, for the admin listener: trunks, routes, prices, where calls would go, and what became of them. Its contract is in <c>contracts/operator</c>.</summary>
public static class OperatorDialect
{
    public const string Root = "/operator/v1";

    public static Dialect Create(TrunkTable trunks, RouteTable routes, RateDeckTable decks, BundleTable bundles, VerifiedNumberTable verified, IRouteExplainer explainer, CallTraces traces, ITrunkRegistrations registrations, SharedAddressTable shared, TrunkHosts trunkHosts, ITrunkHostCheck hostCheck)
    {
        var contract = ReadContract();
        return new()
        {
            Name = "operator",
            Root = Root,
            Contract = contract,
            Errors = ErrorCatalogue.Read(Text("errors.tsv"), Text("faults.tsv")),
            Bindings = new(contract, Rows(trunks, routes, decks, bundles, verified, explainer, traces, registrations, shared, trunkHosts, hostCheck)),
            Json = JsonSerializerOptions.Default,       // handlers read and write nodes only
            Rows = static kind => throw new InvalidOperationException($"The operator's API has no plain resource '{kind.RecordType}'."),
        };
    }

    internal static Contract ReadContract()
    {
        using var json = Open("contract.json");
        return Contract.Read(json);
    }

    private static IEnumerable<Binding> Rows(TrunkTable trunks, RouteTable routes, RateDeckTable decks, BundleTable bundles, VerifiedNumberTable verified, IRouteExplainer explainer, CallTraces traces, ITrunkRegistrations registrations, SharedAddressTable shared, TrunkHosts trunkHosts, ITrunkHostCheck hostCheck) =>
    [
        Handle("ListTrunks", op => Trunks.List(op, trunks, registrations)),
        Handle("CreateTrunk", op => Trunks.Create(op, trunks, registrations, hostCheck)),
        Handle("GetTrunk", op => Trunks.Get(op, trunks, registrations)),
        Handle("UpdateTrunk", op => Trunks.Update(op, trunks, registrations, hostCheck)),
        Handle("DeleteTrunk", op => Trunks.Delete(op, trunks, registrations)),

        Handle("ListRoutes", op => Operator.Routes.List(op, routes)),
        Handle("CreateRoute", op => Operator.Routes.Create(op, routes)),
        Handle("GetRoute", op => Operator.Routes.Get(op, routes)),
        Handle("UpdateRoute", op => Operator.Routes.Update(op, routes)),
        Handle("DeleteRoute", op => Operator.Routes.Delete(op, routes)),
        Handle("ExplainRoute", op => new(RouteExplanations.Explain(op, explainer))),

        Handle("ListRateDecks", op => RateDecks.List(op, decks)),
        Handle("CreateRateDeck", op => RateDecks.Create(op, decks)),
        Handle("GetRateDeck", op => RateDecks.Get(op, decks)),
        Handle("UpdateRateDeck", op => RateDecks.Update(op, decks)),
        Handle("DeleteRateDeck", op => RateDecks.Delete(op, decks)),
        Handle("ImportRates", op => RateDecks.Import(op, decks)),
        Handle("FindRates", op => RateDecks.Find(op, decks)),

        Handle("ListBundles", op => Bundles.List(op, bundles)),
        Handle("CreateBundle", op => Bundles.Create(op, bundles)),
        Handle("UpdateBundle", op => Bundles.Update(op, bundles)),

        Handle("ListAddresses", op => new(Addresses.List(op, trunkHosts))),
        Handle("ShareAddress", op => Addresses.Share(op, shared, trunkHosts)),
        Handle("UnshareAddress", op => Addresses.Unshare(op, shared, trunkHosts)),
        Handle("ListVerifiedNumbers", op => VerifiedNumbers.List(op, verified)),
        Handle("AddVerifiedNumber", op => VerifiedNumbers.Add(op, verified)),
        Handle("RemoveVerifiedNumber", op => VerifiedNumbers.Remove(op, verified)),

        Handle("GetCallTrace", op => CallTraceView.Get(op, traces)),
    ];

    private static string Text(string name)
    {
        using var reader = new StreamReader(Open(name));
        return reader.ReadToEnd();
    }

    private static Stream Open(string name) =>
        typeof(OperatorDialect).Assembly.GetManifestResourceStream("operator/" + name) ?? throw new InvalidOperationException($"The program lacks contracts/operator/{name}.");
}
