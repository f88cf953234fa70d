using System.Text.Json.Nodes;
using Ringwright.Campaigns.Lists;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Tables;

namespace Ringwright.Voipbin;

/// <summary>Whom the customer does not call: the account's own list, which holds for every way to call.</summary>
internal sealed class DoNotCalls(VoipbinParts parts)
{
    private const string RecordType = "voipbin_dnc";

    public async ValueTask<Reply> List(OperationContext op)
    {
        var rows = await parts.Store.DoNotCall.ListNewestAsync(op.Tenant, MomentPages.Before(op.List), op.List.Size, op.Stop);
        return op.Page([.. rows.Select(row => (JsonNode)Show(op, row))], rows.Count);
    }

    /// <summary>One that is there already is answered as it is.</summary>
    public async ValueTask<Reply> Create(OperationContext op)
    {
        var body = op.ReadObject();
        if (!E164.TryParse((string?)body["number"], out var number))
            return op.Fail(VoipbinShape.Bad("number", "number must be a number in +E.164 form, such as +498912345678."));
        // An entry by which nobody is known would keep nobody from being called.
        if (NumberCell.Read(number.Text, home: null, out _) is var fault and not NumberFault.None)
            return op.Fail(VoipbinShape.Bad("number", $"number: {NumberCell.Sentence(fault)}."));
        string reason = (string?)body["reason"] ?? "";
        if (reason.Length > DoNotCallEntry.MostEvidence)
            return op.Fail(VoipbinShape.Bad("reason", $"reason may have {DoNotCallEntry.MostEvidence} characters."));
        var now = VoipbinForm.Moments.Next(RecordType, op.Tenant, op.Now);
        var entry = new DoNotCallEntry
        {
            Id = Guid.CreateVersion7(now), Owner = op.Tenant, Number = number.Text, Source = DoNotCallSource.Api,
            Reason = DoNotCallReason.CallerRequest, AddedBy = "voipbin", Evidence = reason.Length == 0 ? null : reason, At = now,
        };
        await parts.Store.DoNotCall.AddAsync([entry],
            _ => op.Note("created", "do_not_call", entry.Number, after: Show(op, entry)), op.Stop);
        return op.Ok(Show(op, await parts.Store.DoNotCall.FindAsync(op.Tenant, number.Text, op.Stop) ?? entry));
    }

    /// <summary>The number may be called again. The trail says who has taken it off.</summary>
    public async ValueTask<Reply> Delete(OperationContext op)
    {
        var id = Guid.Parse(op.Path("id"));
        if (await parts.Store.DoNotCall.FindAsync(id, op.Stop) is not { Owner: { } owner } entry) return op.Unknown("id");
        if (owner != op.Tenant) return op.Fail(Fault.ForeignResource, "This belongs to another account.");
        if (await parts.Store.DoNotCall.RemoveAsync(op.Tenant, entry.Number,
                gone => op.Note("deleted", "do_not_call", gone.Number, Show(op, gone)), op.Stop) is not { } removed)
            return op.Unknown("id");
        var shown = Show(op, removed);
        string at = VoipbinTime.Text(op.Now);
        (shown["tm_update"], shown["tm_delete"]) = (at, at);
        return op.Ok(shown);
    }

    private static JsonObject Show(OperationContext op, DoNotCallEntry entry) => new()
    {
        ["id"] = entry.Id.ToString(),
        ["customer_id"] = op.Tenant.ToString(),
        ["number"] = entry.Number,
        ["reason"] = entry.Evidence ?? "",
        ["tm_create"] = VoipbinTime.Text(entry.At),
        ["tm_update"] = null,
        ["tm_delete"] = null,
    };
}
