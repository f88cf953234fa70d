using System.Text.Json.Nodes;
using Ringwright.Admission.Numbering;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Store.Documents;
using Ringwright.Store.Resources;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Numbers;

/// <summary>List, get and update of the messaging profile that a number is on. A part of the number's own row.</summary>
internal static class MessagingSettings
{
    public const string RecordType = "messaging_settings", Profile = "messaging_profile_id", ProfileKind = "messaging_profile",
        Tags = "tags";

    /// <summary>The one product that there is: from programs to people, and back.</summary>
    private const string Product = "A2P", ProductField = "messaging_product", NumberId = "phone_number_id";
    private const int Tries = 5;

    public static ResourceKind Kind(NumberParts parts) => new(RecordType)
    {
        Ids = IdStyle.Snowflake19,
        Filterable = [Profile, "phone_number", MessagingSettingsRows.ByType],
        Sortable = ["phone_number"],
        Validate = async (op, body, _) =>
        {
            UuidFields.Lay(body, Profile);
            if (body.Filled(ProductField) is { } product && product != Product)
                return At(ProductField, $"{ProductField} must be {Product}: there is no other.");
            return await CheckProfileAsync(op.Tenant, body.Text(Profile), parts.Store, op.Stop) is { } what ? At(Profile, what) : null;
        },
        Show = (_, row, shown) => Lay(row, parts.Plans, shown),
    };

    /// <summary>The numbers of the profile that the path names.</summary>
    public static async ValueTask<Reply> ListOfProfile(OperationContext op, NumberParts parts)
    {
        string id = FoldedIds.Of(op.Path("id"));
        if (await CheckProfileAsync(op.Tenant, id, parts.Store, op.Stop) is not null) return op.Unknown("id");
        var page = await ShownRows(parts.Store).ListAsync(op.Tenant,
            new() { Filters = [new(Profile, "eq", [id])], Offset = op.List.Offset, Limit = op.List.Size }, op.Stop);
        return op.Page([.. page.Rows.Select(row => (JsonNode)Shown(row, parts.Plans))], page.Total);
    }

    /// <summary>Puts a number, by its id or its text, on the profile that the path names.</summary>
    public static async ValueTask<Reply> AddToProfile(OperationContext op, NumberParts parts)
    {
        string profile = FoldedIds.Of(op.Path("id"));
        if (await CheckProfileAsync(op.Tenant, profile, parts.Store, op.Stop) is not null) return op.Unknown("id");
        if (op.ReadObject().Filled(NumberId) is not { } number) return op.Fail(At(NumberId, $"{NumberId} is needed."));
        var rows = ShownRows(parts.Store);
        for (int attempt = 0; attempt < Tries; attempt++)
        {
            if (await rows.FindAsync(op.Tenant, number, op.Stop) is not { } row)
                return op.Fail(At(NumberId, $"{NumberId} names no number of this account."));
            var body = row.Body.DeepClone().AsObject();
            body[Profile] = profile;
            var after = row with { Body = body, UpdatedAt = op.Now };
            var note = op.Note("updated", RecordType, row.Id, row.Body, body.DeepClone().AsObject());
            var outcome = await rows.UpdateAsync(after, note, op.Stop);
            if (outcome is WriteOutcome.Stale) continue;
            return outcome is WriteOutcome.Done ? op.Ok(Shown(after, parts.Plans)) : op.Fail(Fault.Conflict);
        }
        return op.Fail(Fault.Conflict);
    }

    /// <summary>Settings of the account's numbers, by the number's id or text.</summary>
    public static MessagingSettingsRows Rows(Database store) => new(new PhoneNumberRows(store.Numbers.Rows(PhoneNumbers.View)));

    /// <summary>The same with how the numbers do.</summary>
    private static MessagingSettingsRows ShownRows(Database store) =>
        new(new PhoneNumberRows(store.Numbers.Rows(PhoneNumbers.View)), store: store);

    /// <summary>Why a number cannot be on the profile; null when it can. Nothing and the empty text take it off.</summary>
    public static async ValueTask<string?> CheckProfileAsync(TenantId tenant, string? profile, Database store, CancellationToken stop) =>
        profile is null or "" || (Guid.TryParse(profile, out _)
            && await store.Documents.Rows(new DocumentKind(ProfileKind)).FindAsync(tenant, FoldedIds.Of(profile), stop) is not null) ? null
            : $"{Profile} names no messaging profile of this account.";

    private static JsonObject Shown(ResourceRow row, NumberingPlans plans)
    {
        var shown = new JsonObject { ["id"] = row.Id, ["record_type"] = RecordType };
        Lay(row, plans, shown);
        shown["created_at"] = TelnyxTime.Millis(row.CreatedAt);
        shown["updated_at"] = TelnyxTime.Millis(row.UpdatedAt);
        return shown;
    }

    private static void Lay(ResourceRow row, NumberingPlans plans, JsonObject shown)
    {
        string text = row.Body.Text("phone_number") ?? "";
        var facts = FactsOf(text, plans);
        shown["phone_number"] = text;
        shown[Profile] = row.Body.Filled(Profile);
        shown[Tags] = row.Body[Tags]?.DeepClone() ?? new JsonArray();
        shown[ProductField] = Product;
        shown["eligible_messaging_products"] = new JsonArray(Product);
        shown["traffic_type"] = Product;
        shown["type"] = TypeOf(facts);
        if ((row.Body.Filled("country_iso_alpha2") ?? facts?.Country) is { Length: 2 } country) shown["country_code"] = country;
        shown["features"] = new JsonObject
        {
            ["sms"] = new JsonObject
            {
                ["domestic_two_way"] = true, ["international_inbound"] = true, ["international_outbound"] = true,
            },
            ["mms"] = null,
        };
        if (row.Body[MessagingSettingsRows.Health] is { } health) shown[MessagingSettingsRows.Health] = health.DeepClone();
    }

    /// <summary>What a number is to texts, in this API's words.</summary>
    public static string TypeOf(string number, NumberingPlans plans) => TypeOf(FactsOf(number, plans));

    private static string TypeOf(NumberFacts? facts) => facts?.Type is NumberType.TollFree ? "toll-free" : "long-code";

    private static NumberFacts? FactsOf(string text, NumberingPlans plans) =>
        E164.TryParse(text, out var number) ? plans.Classify(number) : null;

    private static Problem At(string field, string detail) => new(VoiceErrors.BadRequest, detail) { Pointer = "/" + field };
}
