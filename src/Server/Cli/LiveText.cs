using System.Text.Json.Nodes;

namespace Ringwright.Server.Cli;

/// <summary>What is live, in words of a terminal.</summary>
internal static class LiveText
{
    /// <summary>Of the far party.</summary>
    public static string Number(JsonNode leg) => $"{leg[(string?)leg["direction"] is "inbound" ? "from" : "to"]}";

    /// <summary>UTC, whole seconds.</summary>
    public static string Moment(JsonNode? at) => $"{at}"[..19].Replace('T', ' ');
}
