using System.Text.Json.Nodes;
using Ringwright.Agency.Calling;
using Ringwright.Campaigns.Windows;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Tables;

namespace Ringwright.Agency.Compliance;

/// <summary>
/// Who has agreed to be called by a client: the node's one store of consents, as this API shows it. They are evidence, and stay when they
/// are revoked.
/// </summary>
internal sealed class AgencyConsents(AgencyParts parts)
{
    private const string RecordType = "consent", Permission = "consent.write";

    private ConsentTable Consents => parts.Store.Consents;

    public async ValueTask<Reply> List(OperationContext op)
    {
        var scope = AgencyScope.Of(op);
        string? number = op.Query["phone_number"];
        var (rows, total) = await Consents.ListSomeAsync(AgencyCalls.AccountsOf(op.Routing, scope, op.Query["client_id"]),
            number is null ? null : AgencyText.NumberOr(number), op.List.Offset, op.List.Size, op.Stop);
        return op.Page([.. rows.Select(row => (JsonNode)Show(row, scope.Agency))], total);
    }

    /// <summary>To a client: its batches are what asks for them.</summary>
    public async ValueTask<Reply> Add(OperationContext op)
    {
        if (ReadsAlone(op) is { } refused) return refused;
        var agency = AgencyScope.Of(op).Agency;
        var body = op.ReadObject();
        var (owner, refusal) = await ListOwner.ReadAsync(op, parts, body, ListOwner.Client);
        if (refusal is not null) return refusal;
        if (AgencyText.Number((string)body["phone_number"]!) is not { } number)      // required
            return op.Fail(AgencyText.Bad("phone_number", "phone_number is a number with its country's code, such as +12125550100."));
        if (AgencyText.Text(body, "source") is not { } source)
            return op.Fail(AgencyText.Bad("source", "source says where the consent comes from, such as 'web form'."));
        string? captured = AgencyText.Text(body, "captured_at");
        if ((captured is null ? op.Now : GivenAt(captured, op.Now, zone: null, number)) is not { } given)
            return op.Fail(AgencyText.Bad("captured_at", "captured_at is a moment such as 2026-02-20T10:00:00Z, and not one to come."));
        var consent = new Consent
        {
            Id = Guid.CreateVersion7(op.Now), Tenant = owner, Number = number, GivenAt = given, At = op.Now, Source = source,
            Kind = ContactWords.Parse<ConsentKind>((string)body["kind"]!),       // required, and an enumeration
            Channel = ContactWords.Parse<ConsentChannel>((string?)body["channel"] ?? "voice"),
            TextVersion = AgencyText.Text(body, "text_version"), Evidence = AgencyText.Text(body, "evidence"),
        };
        var note = op.Note("created", RecordType, consent.Id.ToString(), null, Show(consent, agency)) with { Tenant = agency };
        await Consents.AddAsync(consent, note, op.Stop);
        return op.Created(Show(consent, agency));
    }

    /// <summary>When a consent was given, as somebody says: on a day, or at a moment; null for neither, and for what is to come.</summary>
    /// <param name="zone">Of whoever has given it, by its IANA id.</param>
    public static DateTimeOffset? GivenAt(string text, DateTimeOffset now, string? zone, string? number) =>
        AgencyText.Moment(text) is not { } moment ? null
            : Consent.GivenBy(AgencyText.DayAlone(text) is { } day ? RecipientZones.BeginOf(day, now, zone, number) : moment, now);

    /// <summary>Whoever takes one back takes back all that the account has of the number for the channel.</summary>
    public async ValueTask<Reply> Revoke(OperationContext op)
    {
        if (!Guid.TryParse(op.Path("id"), out var id) || await Consents.FindAsync(id, op.Stop) is not { } consent
                || !ListOwner.Sees(op, consent.Tenant))
            return op.Unknown("id");
        if (ReadsAlone(op) is { } refused) return refused;
        if (consent.RevokedAt is not null) return op.Fail(Fault.WrongState, "The consent is revoked already.");
        var agency = AgencyScope.Of(op).Agency;
        int revoked = await Consents.RevokeAsync(consent.Tenant, consent.Number, consent.Channel, op.Caller.KeyId, op.Now,
            count => op.Note("revoked", RecordType, consent.Id.ToString(), Show(consent, agency), new() { ["revoked"] = count }) with
            {
                Tenant = agency,
            }, op.Stop);
        return revoked == 0 ? op.Fail(Fault.WrongState, "The consent is revoked already.") : op.Ok(new JsonObject
        {
            ["client_id"] = ListOwner.ClientOf(agency, consent.Tenant), ["phone_number"] = consent.Number,
            ["channel"] = ContactWords.Of(consent.Channel), ["revoked"] = revoked,
        });
    }

    private static Reply? ReadsAlone(OperationContext op) => Permissions.MayInPart(AgencyRoles.Of(op.Caller), Permission)
        ? op.Fail(Fault.Forbidden, $"The part {AgencyRoles.Of(op.Caller)} reads consents, and neither gives nor revokes one.") : null;

    public static JsonObject Show(Consent consent, TenantId agency) => new()
    {
        ["id"] = consent.Id.ToString(), ["agency_id"] = agency.ToString(), ["client_id"] = ListOwner.ClientOf(agency, consent.Tenant),
        ["phone_number"] = consent.Number, ["kind"] = ContactWords.Of(consent.Kind), ["channel"] = ContactWords.Of(consent.Channel),
        ["source"] = consent.Source, ["text_version"] = consent.TextVersion, ["evidence"] = consent.Evidence,
        ["captured_at"] = AgencyText.Time(consent.GivenAt), ["revoked_at"] = AgencyText.Time(consent.RevokedAt),
        ["revoked_by"] = consent.RevokedBy,
    };
}
