using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Campaigns.Windows;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Audit;
using Ringwright.Store.Tables;

namespace Ringwright.Operator;

/// <summary>Do-not-call lists: an account's, or with no account the platform's.</summary>
internal static class DoNotCall
{
    private const string RecordType = "do_not_call";

    public static async ValueTask<Reply> List(OperationContext op, DoNotCallTable lists)
    {
        if (!TryOwner(op, op.Query["account_id"], out var owner)) return UnknownAccount(op);
        var (rows, total) = await lists.ListAsync(owner?.Id, op.Query["phone_number"], op.Query["provisional"] is "true", op.List.Offset,
            op.List.Size, op.Stop);
        return op.Page([.. rows.Select(row => (JsonNode)Show(op, row))], total);
    }

    public static async ValueTask<Reply> Add(OperationContext op, DoNotCallTable lists)
    {
        var body = op.ReadObject();
        if (!TryOwner(op, (string?)body["account_id"], out var owner)) return UnknownAccount(op);
        if (!E164.TryParse((string?)body["phone_number"], out var number)) return NoNumber(op);
        if (Read(op, body, body, owner, number.Text) is not { } entry) return NoMoment(op);
        await lists.AddAsync([entry], _ => Note(op, "created", entry, before: null, after: Show(op, entry)), op.Stop);
        // What was there and holds longer has stayed.
        return op.Created(Show(op, await lists.FindAsync(owner?.Id, number.Text, op.Stop) ?? entry));
    }

    /// <summary>What is no number is left out and told, row by row; the others are added together.</summary>
    public static async ValueTask<Reply> Import(OperationContext op, DoNotCallTable lists)
    {
        var body = op.ReadObject();
        if (!TryOwner(op, (string?)body["account_id"], out var owner)) return UnknownAccount(op);
        var entries = new Dictionary<string, DoNotCallEntry>(StringComparer.Ordinal);
        var rows = body["entries"]!.AsArray().Select(row => row!.AsObject()).ToList(); // required
        var results = new JsonArray();
        foreach (var row in rows)
        {
            string text = (string)row["phone_number"]!; // required
            string? fault = !E164.TryParse(text, out var number) ? "the number is not in +E.164 form"
                : Read(op, row, body, owner, number.Text) is not { } entry ? "expires_at is no date or moment"
                : IsFirst(entries, entry) ? null : "the number was there before";
            results.Add(new JsonObject { ["phone_number"] = text, ["result"] = fault is null ? null : "skipped", ["reason"] = fault });
        }
        var added = await lists.AddAsync([.. entries.Values], count => owner is null ? null : op.Note("imported", RecordType, owner.Name,
            after: new() { ["added"] = count }) with
        { Tenant = owner.Id }, op.Stop);
        foreach (var result in results.Where(result => result!["result"] is null))
            result!["result"] = added.Contains((string)result["phone_number"]!) ? "added" : "known"; // was read from there
        return op.Ok(new JsonObject
        {
            ["record_type"] = "do_not_call_import", ["added"] = added.Count, ["known"] = entries.Count - added.Count,
            ["skipped"] = rows.Count - entries.Count, ["rows"] = results,
        });
    }

    /// <summary>Never in silence: the trail says why.</summary>
    public static async ValueTask<Reply> Remove(OperationContext op, DoNotCallTable lists)
    {
        if (!TryOwner(op, op.Query["account_id"], out var owner)) return UnknownAccount(op);
        string because = op.Query["because"]!; // required
        return await lists.RemoveAsync(owner?.Id, op.Path("phone_number"), entry => Note(op, "deleted", entry, Show(op, entry),
            after: new() { ["removed_because"] = because }), op.Stop) is { } gone ? op.Ok(Show(op, gone)) : op.Unknown("phone_number");
    }

    /// <summary>Whether the account may call it, by all lists that hold for it.</summary>
    public static async ValueTask<Reply> LookUp(OperationContext op, DoNotCallTable lists)
    {
        if (!TryOwner(op, op.Query["account_id"], out var owner)) return UnknownAccount(op);
        if (!E164.TryParse(op.Path("phone_number"), out var number)) return op.Unknown("phone_number");
        DoNotCallEntry? entry;
        bool isHeld;
        if (owner is null)
        {
            entry = await lists.FindAsync(null, number.Text, op.Stop);
            isHeld = entry is not null && !(entry.ExpiresAt <= op.Now);
        }
        else
        {
            var hold = await lists.FindHoldAsync(owner.Id, owner.Parent, number.Text, op.Stop);
            (entry, isHeld) = (hold?.Entry, hold is not null);
        }
        return op.Ok(new JsonObject
        {
            ["record_type"] = "do_not_call_look_up", ["phone_number"] = number.Text, ["held"] = isHeld,
            ["entry"] = entry is null ? null : Show(op, entry),
        });
    }

    /// <summary>Of two entries for a number the one that holds longer stays, here as on the list.</summary>
    /// <returns>False when there was one before.</returns>
    private static bool IsFirst(Dictionary<string, DoNotCallEntry> entries, DoNotCallEntry entry)
    {
        if (entries.TryAdd(entry.Number, entry)) return true;
        if (entries[entry.Number].ExpiresAt is { } end && !(entry.ExpiresAt <= end)) entries[entry.Number] = entry;
        return false;
    }

    /// <param name="all">What it does not say itself.</param>
    /// <returns>Null when its end is no moment.</returns>
    private static DoNotCallEntry? Read(OperationContext op, JsonObject row, JsonObject all, Tenant? owner, string number)
    {
        DateTimeOffset? expires = null;
        if ((string?)(row["expires_at"] ?? all["expires_at"]) is { Length: > 0 } text)
        {
            if (!RateSheet.TryMoment(text, out var moment)) return null;
            expires = DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
                ? RecipientZones.EndOf(day, number) : moment;
        }
        return new()
        {
            Id = Guid.CreateVersion7(op.Now), Owner = owner?.Id, Number = number, ExpiresAt = expires, At = op.Now,
            Source = ContactWords.Parse<DoNotCallSource>((string?)all["source"] ?? "operator"),
            Reason = ContactWords.Parse<DoNotCallReason>((string?)(row["reason"] ?? all["reason"]) ?? "caller_request"),
            AddedBy = (string?)all["added_by"] ?? "operator",
            Evidence = (string?)(row["evidence"] ?? all["evidence"]),
            Leg = (string?)row["call"],
            IsProvisional = (bool?)all["provisional"] ?? false,
        };
    }

    private static bool TryOwner(OperationContext op, string? id, out Tenant? owner)
    {
        owner = id is null ? null : Accounts.Find(op, id);
        return id is null || owner is not null;
    }

    private static Reply UnknownAccount(OperationContext op) =>
        op.Fail(new Problem("unknown_reference", "account_id names no account; without one it is the platform's list."));

    private static Reply NoNumber(OperationContext op) =>
        op.Invalid("/phone_number", "invalid", "phone_number must be a number in +E.164 form, such as +498912345678.");

    private static Reply NoMoment(OperationContext op) =>
        op.Invalid("/expires_at", "invalid", "expires_at must be a date such as 2026-01-31, or a moment such as 2026-01-31T12:00:00Z.");

    /// <summary>In the trail of the account; the platform's list has none.</summary>
    private static AuditNote? Note(OperationContext op, string change, DoNotCallEntry entry, JsonObject? before, JsonObject? after) =>
        entry.Owner is not { } owner ? null : op.Note(change, RecordType, entry.Number, before, after) with { Tenant = owner };

    private static JsonObject Show(OperationContext op, DoNotCallEntry entry)
    {
        var owner = entry.Owner is { } id ? op.Routing.FindTenant(id) : null;
        return new()
        {
            ["record_type"] = RecordType,
            ["id"] = entry.Id.ToString(),
            ["scope"] = entry.Owner is null ? "platform" : owner?.Parent is null ? "account" : "child_account",
            ["account"] = owner?.Name,
            ["account_id"] = entry.Owner?.ToString(),
            ["phone_number"] = entry.Number,
            ["source"] = ContactWords.Of(entry.Source),
            ["reason"] = ContactWords.Of(entry.Reason),
            ["added_by"] = entry.AddedBy,
            ["evidence"] = entry.Evidence,
            ["call"] = entry.Leg,
            ["provisional"] = entry.IsProvisional,
            ["expires_at"] = entry.ExpiresAt is { } at ? OperatorTime.Write(at) : null,
            ["added_at"] = OperatorTime.Write(entry.At),
        };
    }
}
