using System.Collections.Frozen;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Reports;
using Ringwright.Store.Resources;

namespace Ringwright.Telnyx.Account.Reports;

/// <summary>A field of a detail record, and the column that it shows.</summary>
internal sealed record DetailField(string Name, string Column);

/// <summary>One record type that can be searched.</summary>
/// <param name="Source">Null while nothing here makes such records: their list is empty.</param>
internal sealed record DetailKind(string RecordType, RecordSource? Source, IReadOnlyList<DetailField> Fields)
{
    /// <summary>What every record of the type fulfils.</summary>
    public IReadOnlyList<ResourceFilter> Always { get; init; } = [];
    /// <summary>What its rate is a price of; null where there is no price.</summary>
    public string? RatedBy { get; init; }

    public string? ColumnOf(string field) => Fields.FirstOrDefault(f => f.Name == field)?.Column;
}

/// <summary>
/// The values of filter[record_type]. A leg is a call over SIP, and, when an application drives it,
/// a use of call control too: its price is told once.
/// </summary>
internal static class DetailKinds
{
    /// <summary>What the vendor's records call the session; the contract has no schema of theirs.</summary>
    private const string Session = "telnyx_session_id";

    private const string Messages = "messaging";

    private static readonly DetailField[] Party =
    [
        new("id", "leg_uuid"), new("call_leg_id", "leg_uuid"), new("call_session_id", "session_id"), new(Session, "session_id"),
        new("sip_call_id", "sip_call_id"), new("connection_id", "connection_id"), new("connection_name", "connection_name"),
        new("direction", "direction"), new("cli", "from_party"), new("cld", "to_party"), new("started_at", "started_at"),
        new("answered_at", "answered_at"), new("finished_at", "ended_at"), new("created_at", "ended_at"), new("call_sec", "talk_seconds"),
    ];

    private static readonly DetailField[] Price =
    [
        new("billed_sec", "billed_seconds"), new("rate", "rate"), new("cost", "cost"), new("currency", "currency"),
        new("billing_group_id", "billing_group_id"), new("is_telnyx_billable", "is_charged"),
    ];

    private static readonly DetailField[] Invocation =
    [
        new("call_leg_id", "leg_uuid"), new("call_session_id", "session_id"), new(Session, "session_id"),
        new("connection_id", "connection_id"), new("connection_name", "connection_name"), new("direction", "direction"),
    ];

    private static readonly DetailField[] Message =
    [
        new("uuid", "id"), new("direction", "direction"), new("cli", "sender"), new("cld", "recipient"), new("profile_id", "profile_id"),
        new("message_type", "message_type"), new("status", "status"), new("parts", "parts"), new("rate", "rate"),
        new("carrier_fee", "carrier_fee"), new("cost", "cost"), new("currency", "currency"), new("created_at", "received_at"),
        new("sent_at", "sent_at"), new("completed_at", "completed_at"),
    ];

    public static readonly FrozenDictionary<string, DetailKind> ByName = new Dictionary<string, DetailKind>
    {
        ["sip-trunking"] = new("sip-trunking", RecordSources.Calls, [.. Party, .. Price]) { RatedBy = "minutes" },
        ["call-control"] = new("call-control", RecordSources.Calls, Party)
        {
            Always = [new("connection_kind", "eq", [SnakeName.Of(ConnectionKind.CallControl)])],
        },
        ["amd"] = new("amd_detail_record", RecordSources.MachineDetections,
            [new("id", "id"), .. Invocation, new("invoked_at", "at"), new("created_at", "at")]),
        ["recording"] = new("recording", RecordSources.Recordings,
            [new("id", "id"), .. Invocation, new("created_at", "at"), new("duration_sec", "length_seconds"), new("size_bytes", "bytes")]),
        ["tts"] = new("tts", RecordSources.Speech, [new("id", "id"), .. Invocation, new("created_at", "at")]),
        ["ai-voice-assistant"] = Empty("ai-voice-assistant"),
        ["conference"] = Empty("conference_detail_record"),
        ["conference-participant"] = Empty("conference_participant_detail_record"),
        ["embedding"] = Empty("embedding"),
        ["fax"] = Empty("fax"),
        ["inference"] = Empty("inference"),
        ["inference-speech-to-text"] = Empty("inference-speech-to-text"),
        ["media_storage"] = Empty("media_storage"),
        ["media-streaming"] = Empty("media-streaming"),
        [Messages] = new("message_detail_record", TextRecords.Texts, Message),
        ["noise-suppression"] = Empty("noise-suppression"),
        ["siprec-client"] = Empty("siprec-client"),
        ["stt"] = Empty("stt"),
        ["verify"] = new("verification_detail_record", CodeRecords.Codes,
        [
            new("id", "id"), new("destination_phone_number", "number"), new("verify_profile_id", "profile_id"),
            new("verify_channel_type", "way"), new("verify_channel_id", "text_id"), new("delivery_status", "delivery"),
            new("created_at", "created_at"), new("updated_at", "updated_at"),
        ]),
        ["webrtc"] = Empty("webrtc"),
        ["wireless"] = Empty("sim_card_usage"),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>By the value of the filter, by what its records call themselves, or by what they are of where that is a message.</summary>
    public static DetailKind? Find(string name) => ByName.GetValueOrDefault(name is "message" ? Messages : name)
        ?? ByName.Values.FirstOrDefault(kind => kind.RecordType == name);

    private static DetailKind Empty(string recordType) => new(recordType, null, []);
}
