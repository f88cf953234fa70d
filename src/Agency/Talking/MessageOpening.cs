using System.Text.Json.Nodes;

namespace Ringwright.Agency.Talking;

/// <summary>What is said before the words of a batch's call in which nobody talks, as before a talk. Pure.</summary>
internal static class MessageOpening
{
    /// <param name="language">Of the agent.</param>
    /// <param name="identity">For whom it calls.</param>
    /// <returns>All of it; and for a machine who calls, alone. Null for nothing.</returns>
    public static (string? All, string? Identity) Of(JsonObject settings, string language, string identity, string from, string to)
    {
        string? notice = RecordingNotice.Of(settings, language, from, to), who = Disclosure.Of(settings, language, identity);
        return (notice is null || who is null ? notice ?? who : $"{notice} {who}", who);
    }
}
