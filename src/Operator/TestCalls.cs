using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store;

namespace Ringwright.Operator;

/// <summary>One place that a trunk's calls would try, and what it said to an OPTIONS.</summary>
/// <param name="Transport">"udp", "tcp" or "tls"; null when the trunk's name leads nowhere, as <paramref name="Address"/> is then.</param>
/// <param name="Status">Of its answer; null when there was none, and <paramref name="Trouble"/> says why.</param>
public sealed record TrunkTest(string? Transport, string? Address, int? Status, string? Trouble);

/// <summary>Calls that the operator places to try a line; they belong to no application, and no webhook tells of them.</summary>
internal static class TestCalls
{
    /// <summary>One OPTIONS to each place that the trunk's calls would try.</summary>
    public static async ValueTask<Reply> TestTrunk(OperationContext op, Func<Trunk, CancellationToken,
        ValueTask<IReadOnlyList<TrunkTest>>>? test)
    {
        if (test is null || !Guid.TryParse(op.Path("id"), out var id) || op.Routing.FindTrunk(new(id)) is not { } trunk)
            return op.Unknown("id", "there is no such trunk");
        var attempts = await test(trunk, op.Stop);
        return op.Ok(new JsonObject
        {
            ["record_type"] = "trunk_test",
            ["trunk"] = trunk.Name,
            ["has_login"] = trunk.AuthUser is not null,
            ["attempts"] = new JsonArray([.. attempts.Select(a => (JsonNode)new JsonObject { ["transport"] = a.Transport,
                ["address"] = a.Address, ["status"] = a.Status, ["trouble"] = a.Trouble })]),
        });
    }

    /// <summary>For the account that is named, or the first one.</summary>
    public static async ValueTask<Reply> Place(OperationContext op, Database store)
    {
        if (Fields.Unknown(op, "call") is { Count: > 0 } unknown) return op.Fail(unknown);
        var body = op.ReadObject();
        Tenant? tenant;
        if ((string?)body["account_id"] is { } account)
        {
            tenant = Accounts.Find(op, account);
            if (tenant is null) return op.Invalid("/account_id", "unknown_reference", $"account_id names no account: {account}");
        }
        else tenant = (await store.Tenants.ListAsync(op.Stop)).FirstOrDefault();
        if (tenant is null) return Accounts.Invalid(op, "no account was made yet: start the node once with serve");
        string? say = (string?)body["say"];
        string from = (string?)body["from"] ?? "anonymous";
        var dialled = await op.Calls.DialAsync(new()
        {
            Tenant = tenant.Id,
            Connection = default, // belongs to no application: no webhook tells of it
            IsByOperator = true,
            AskedBy = op.Dialect.Name,
            To = (string)body["to"]!, // required
            From = from,
            BroughtCaller = from, // the operator calls, whose trunks they are
            RingTimeout = TimeSpan.FromSeconds((double?)body["ring_seconds"] ?? 30),
            PromptOnAnswer = say is null ? null : new PromptSource.Speech(say, "", null, IsSsml: false),
        }, op.Stop);
        return dialled.Leg is not { } leg ? Accounts.Invalid(op, dialled.Detail ?? dialled.Ack.Refusal.ToString())
            : op.Created(new JsonObject
            {
                ["record_type"] = "test_call", ["leg"] = leg.Id.ToString(), ["from"] = leg.From,
                ["to"] = leg.To
            });
    }

    /// <summary>What has happened to a leg, in words.</summary>
    public static async ValueTask<Reply> ListEvents(OperationContext op, Database store)
    {
        if (!LegId.TryParse(op.Path("id"), out var leg)) return op.Unknown("id", "there is no such call");
        foreach (var tenant in await store.Tenants.ListAsync(op.Stop))
            if (await store.Events.ListLegAsync(tenant.Id, leg, op.Stop) is { Count: > 0 } rows)
                return op.Ok(new JsonArray(
                [
                    .. rows.Select(row => (JsonNode)new JsonObject { ["type"] = row.Type, ["at"] = row.At.ToString("O"),
                        ["says"] = CallWords.Of((CallEvent)row.ToEvent()) }),
                ]));
        return op.Ok(new JsonArray()); // its first event is on its way to the ledger
    }

    /// <summary>Of a session all of its legs.</summary>
    /// <param name="traces">Finds a call by whatever it is called; null where only the leg's own id is known.</param>
    public static async ValueTask<Reply> HangUp(OperationContext op, CallTraces? traces)
    {
        // A test call is hung up by its leg's id, and perhaps before its first row is in the ledger.
        List<LegId> legs = [];
        if (LegId.TryParse(op.Path("id"), out var named)) legs.Add(named);
        else if (traces is not null) legs.AddRange((await traces.FindLegsAsync(op.Path("id"), op.Stop)).Select(leg => leg.Id));
        if (legs.Count == 0) return op.Unknown("id", "there is no such call");
        bool isLive = false, isMissed = false;
        foreach (var leg in legs)
        {
            var ack = await op.Calls.SendAsync(leg, new LegCommand.Hangup(), op.Stop);
            isLive |= ack.IsAccepted;
            // It goes on, and costs what it costs: it has not ended.
            isMissed |= !ack.IsAccepted && ack.Refusal is Refusal.Overloaded;
        }
        if (isMissed)
            return op.Fail(Fault.Unavailable, "Not all of the call could be told to end: its node is busy; try again in a moment.");
        return op.Ok(new JsonObject { ["record_type"] = "hangup", ["leg"] = legs[0].ToString(), ["live"] = isLive });
    }
}
