using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Store.Tables;

namespace Ringwright.Uploads;

/// <summary>Where a recording is being sent to: its job notes it before the first byte, for whoever takes the job after a crash.</summary>
internal sealed record SentRecording(ConnectionId Connection, RecordingPlace Place)
{
    public JsonObject Write() => new()
    {
        ["connection"] = Connection.Value,
        ["endpoint"] = Place.Endpoint,
        ["region"] = Place.Region,
        ["bucket"] = Place.Bucket,
        ["key"] = Place.Key,
    };

    /// <summary>Reads what <see cref="Write"/> writes; null where nothing was noted.</summary>
    public static SentRecording? Read(JsonObject? noted) => noted is null ? null
        : new(new ConnectionId((long)noted["connection"]!), new RecordingPlace((string?)noted["endpoint"], (string)noted["region"]!,
            (string)noted["bucket"]!, (string)noted["key"]!));      // written by us
}
