using System.Text.Json.Nodes;

namespace Ringwright.Edge.Chakra;

/// <summary>What holds of every call at every moment.</summary>
internal static class ChakraRules
{
    /// <summary>The seed's, and no other.</summary>
    public static readonly string[] Fields =
    [
        "id", "user", "team", "to", "from", "provider", "providerCallId", "providerPayload", "callStart", "callEnd", "callDuration",
        "connectionStart", "connectionEnd", "connectionDuration", "disposedAt", "type", "callStatus", "recordingUrl", "forTask",
        "forRecord", "forProcess", "forUser", "forStateTask", "forEntity", "forProcedure", "callInitiateLocation", "createdAt",
        "updatedAt", "isDeleted",
    ];

    public static readonly string[] Statuses =
    [
        "UNKNOWN", "LOGGED", "QUEUED", "RINGING", "IN_PROGRESS", "COMPLETED", "ANSWERED", "BUSY", "FAILED", "UNANSWERED", "REJECTED",
        "MISSED", "WRONG_NUM", "DISCONNECTED_NOT_DISPOSED", "DISPOSED_NOT_DISCONNECTED",
    ];

    private static readonly string[] Moments = ["callStart", "connectionStart", "connectionEnd", "callEnd"];

    public static void Hold(JsonObject call)
    {
        Assert.Equal(29, Fields.Length);
        Assert.All(call, field => Assert.Contains(field.Key, Fields));
        string status = (string)call["callStatus"]!, type = (string)call["type"]!;
        Assert.Contains(status, Statuses);
        Assert.Contains(type, new[] { "OUTBOUND", "INBOUND" });
        long last = 0;
        foreach (string name in Moments)
            if ((long?)call[name] is { } at)
            {
                Assert.InRange(at, 1_000_000_000_000, 9_999_999_999_999);
                Assert.True(at >= last, call.ToJsonString());
                last = at;
            }
        Assert.True((long)call["updatedAt"]! >= (long)call["createdAt"]!, call.ToJsonString());
        if (status is "MISSED") Assert.Equal("INBOUND", type);
        if (status is "UNANSWERED") Assert.Equal("OUTBOUND", type);
        if (status is "DISPOSED_NOT_DISCONNECTED" or "WRONG_NUM") Assert.NotNull(call["disposedAt"]);
        if (status is "DISCONNECTED_NOT_DISPOSED" or "QUEUED" or "RINGING") Assert.Null(call["disposedAt"]);
        // A logged call is what was said of it.
        if ((string?)call["provider"] is not "ringwright" || call["providerCallId"] is null) return;
        Assert.Equal(status is "QUEUED" or "RINGING" or "IN_PROGRESS" or "DISPOSED_NOT_DISCONNECTED", call["callEnd"] is null);
        Assert.Equal(status is "IN_PROGRESS" or "DISPOSED_NOT_DISCONNECTED" or "COMPLETED" or "ANSWERED" or "WRONG_NUM"
            or "DISCONNECTED_NOT_DISPOSED", call["connectionStart"] is not null);
        Assert.Equal(call["connectionStart"] is not null && call["callEnd"] is not null, call["connectionEnd"] is not null);
        if (call["callEnd"] is null) return;
        Lasts(call, "callDuration", "callStart", "callEnd");
        if (call["connectionStart"] is null) Assert.Equal(0, (long)call["connectionDuration"]!);
        else Lasts(call, "connectionDuration", "connectionStart", "connectionEnd");
    }

    /// <summary>Rounded up from moments that have microseconds, which the call shows cut to milliseconds.</summary>
    private static void Lasts(JsonObject call, string name, string from, string to)
    {
        long span = (long)call[to]! - (long)call[from]!;
        Assert.InRange((long)call[name]!, (span - 1 + 999) / 1_000, (span + 1 + 999) / 1_000);
    }
}
