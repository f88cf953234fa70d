using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Tables;

namespace Ringwright.Chakra.Calling;

/// <summary>A call as this API shows it: a leg with what the team said of it, or a call that was only logged.</summary>
/// <param name="Leg">Null of a logged one, whose note is there.</param>
/// <param name="Since">From when on calls of the team ask for a disposition.</param>
internal sealed record ChakraCall(LegRow? Leg, ChakraNote? Note, DateTimeOffset? Since)
{
    public const string Provider = "ringwright", Outbound = "OUTBOUND", Inbound = "INBOUND";

    public static readonly string[] Links =
        ["forTask", "forRecord", "forProcess", "forUser", "forStateTask", "forEntity", "forProcedure"];

    public bool HasRecording { get; init; }
    public string? Campaign { get; init; }

    public string Id => Leg?.Uuid.ToString() ?? Note!.Id;

    public bool IsDeleted => Note?.DeletedAt is not null;

    public string Status => Leg is { } leg ? ChakraStatus.Of(leg, Note, Since) : Note!.CallStatus ?? ChakraStatus.Unknown;

    public JsonObject Write(PublicLinks links)
    {
        var shown = Leg is { } leg ? OfLeg(leg) : OfLogged(Note!);
        foreach (string name in (string[])["user", "recordingUrl", .. Links]) Set(shown, name, Note?.Document[name]?.DeepClone());
        if (HasRecording && shown["recordingUrl"] is null)
            shown["recordingUrl"] = links.To($"{ChakraDialect.Root}/call/{Id}/recording");
        Set(shown, "disposedAt", ChakraTime.Millis(Note?.DisposedAt));
        shown["callStatus"] = Status;
        shown["isDeleted"] = IsDeleted;
        return shown;
    }

    private JsonObject OfLeg(LegRow leg)
    {
        var shown = new JsonObject
        {
            ["id"] = Id,
            ["team"] = leg.Tenant.ToString(),
            ["to"] = PartyAlias.Of(leg.To),
            ["from"] = PartyAlias.Of(leg.From),
            ["provider"] = Provider,
            ["providerCallId"] = leg.Uuid.ToString(),
            ["providerPayload"] = Payload(leg),
            ["callStart"] = ChakraTime.Millis(leg.StartedAt),
            ["type"] = leg.Direction is Direction.Inbound ? Inbound : Outbound,
            ["callInitiateLocation"] = leg.Direction is Direction.Inbound ? "inbound" : Campaign is { } id ? "campaign:" + id : "api",
            ["createdAt"] = ChakraTime.Millis(leg.StartedAt),
            ["updatedAt"] = ChakraTime.Millis(UpdatedAt),
        };
        Set(shown, "connectionStart", ChakraTime.Millis(leg.AnsweredAt));
        if (leg.EndedAt is not { } end) return shown;
        shown["callEnd"] = ChakraTime.Millis(end);
        shown["callDuration"] = ChakraTime.Seconds(end - leg.StartedAt);
        shown["connectionDuration"] = leg.AnsweredAt is { } answered ? ChakraTime.Seconds(end - answered) : 0;
        if (leg.AnsweredAt is not null) shown["connectionEnd"] = ChakraTime.Millis(end);
        return shown;
    }

    public DateTimeOffset UpdatedAt =>
        new[] { Leg?.StartedAt, Leg?.AnsweredAt, Leg?.FoundEndedAt ?? Leg?.EndedAt, Note?.UpdatedAt }.Max()!.Value;     // one of the two

    /// <summary>What this provider knows of it, in its own words.</summary>
    private static JsonObject Payload(LegRow leg)
    {
        var payload = new JsonObject
        {
            ["leg"] = leg.Uuid.ToString(), ["session"] = leg.Session.ToString(), ["direction"] = SnakeName.Of(leg.Direction),
            ["state"] = SnakeName.Of(leg.State), ["from"] = leg.From, ["to"] = leg.To,
        };
        Set(payload, "codec", leg.Codec);
        Set(payload, "cause", leg.Cause is { } cause ? SnakeName.Of(cause) : null);
        Set(payload, "endedBy", leg.By is { } by ? SnakeName.Of(by) : null);
        Set(payload, "sipStatus", leg.SipStatus);
        return payload;
    }

    private static JsonObject OfLogged(ChakraNote note)
    {
        var shown = new JsonObject
        {
            ["id"] = note.Id,
            ["team"] = note.TenantId.ToString(),
            ["to"] = SaidParties.Shown(note.ToParty!),      // of a logged call, as the next one
            ["from"] = SaidParties.Shown(note.FromParty!),
            ["provider"] = note.Provider ?? Provider,
            ["type"] = note.Type,
            ["createdAt"] = ChakraTime.Millis(note.CreatedAt),
            ["updatedAt"] = ChakraTime.Millis(note.UpdatedAt),
        };
        Set(shown, "providerCallId", note.ProviderCallId);
        foreach (string name in ChakraLog.Kept) Set(shown, name, note.Document[name]?.DeepClone());
        return shown;
    }

    private static void Set(JsonObject shown, string name, JsonNode? value)
    {
        if (value is not null) shown[name] = value;
    }
}
