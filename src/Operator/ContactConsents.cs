using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Campaigns.Windows;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Tables;

namespace Ringwright.Operator;

/// <summary>Who has agreed to be reached by an account. Evidence: added, revoked, and never changed otherwise.</summary>
internal static class ContactConsents
{
    private const string RecordType = "consent";

    public static async ValueTask<Reply> List(OperationContext op, ConsentTable consents)
    {
        if (Accounts.Of(op) is not { } tenant) return op.Unknown("account_id");
        var (rows, total) = await consents.ListAsync(tenant.Id, op.Query["phone_number"], op.List.Offset, op.List.Size, op.Stop);
        return op.Page([.. rows.Select(row => (JsonNode)Show(tenant, row))], total);
    }

    public static async ValueTask<Reply> Add(OperationContext op, ConsentTable consents)
    {
        if (Accounts.Of(op) is not { } tenant) return op.Unknown("account_id");
        var body = op.ReadObject();
        if (!E164.TryParse((string?)body["phone_number"], out var number)) return NoNumber(op);
        var given = op.Now;
        if ((string?)body["given_at"] is { } text && !TryGiven(text, op.Now, number.Text, out given)
                || Consent.GivenBy(given, op.Now) is not { } at)
            return op.Invalid("/given_at", "invalid",
                "given_at must be a date such as 2026-01-31, or a moment, and not one that is to come.");
        var consent = new Consent
        {
            Id = Guid.CreateVersion7(op.Now), Tenant = tenant.Id, Number = number.Text, GivenAt = at, At = op.Now,
            Kind = ContactWords.Parse<ConsentKind>((string)body["kind"]!),                          // required, and an enum
            Channel = ContactWords.Parse<ConsentChannel>((string?)body["channel"] ?? "voice"),
            Source = (string)body["source"]!,                                                      // required
            TextVersion = (string?)body["text_version"],
            Evidence = (string?)body["evidence"],
        };
        var shown = Show(tenant, consent);
        await consents.AddAsync(consent, op.Note("created", RecordType, consent.Id.ToString(), after: shown) with { Tenant = tenant.Id },
            op.Stop);
        return op.Created(shown);
    }

    public static async ValueTask<Reply> Revoke(OperationContext op, ConsentTable consents)
    {
        if (Accounts.Of(op) is not { } tenant) return op.Unknown("account_id");
        var body = op.ReadObject();
        if (!E164.TryParse((string?)body["phone_number"], out var number)) return NoNumber(op);
        string by = (string)body["revoked_by"]!; // required
        int revoked = await consents.RevokeAsync(tenant.Id, number.Text,
            ContactWords.Parse<ConsentChannel>((string?)body["channel"] ?? "voice"), by, op.Now,
            count => op.Note("revoked", RecordType, number.Text, after: new() { ["revoked"] = count, ["revoked_by"] = by }) with
            {
                Tenant = tenant.Id
            }, op.Stop);
        return op.Ok(new JsonObject { ["record_type"] = "consent_revocation", ["phone_number"] = number.Text, ["revoked"] = revoked });
    }

    /// <summary>At a moment, or on a day.</summary>
    private static bool TryGiven(string text, DateTimeOffset now, string number, out DateTimeOffset given)
    {
        if (!RateSheet.TryMoment(text, out given)) return false;
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            given = RecipientZones.BeginOf(day, now, zone: null, number);
        return true;
    }

    private static Reply NoNumber(OperationContext op) =>
        op.Invalid("/phone_number", "invalid", "phone_number must be a number in +E.164 form, such as +498912345678.");

    private static JsonObject Show(Tenant tenant, Consent consent) => new()
    {
        ["record_type"] = RecordType,
        ["id"] = consent.Id.ToString(),
        ["account"] = tenant.Name,
        ["account_id"] = tenant.Id.ToString(),
        ["phone_number"] = consent.Number,
        ["kind"] = ContactWords.Of(consent.Kind),
        ["channel"] = ContactWords.Of(consent.Channel),
        ["source"] = consent.Source,
        ["text_version"] = consent.TextVersion,
        ["evidence"] = consent.Evidence,
        ["given_at"] = OperatorTime.Write(consent.GivenAt),
        ["revoked_at"] = consent.RevokedAt is { } at ? OperatorTime.Write(at) : null,
        ["revoked_by"] = consent.RevokedBy,
    };
}
