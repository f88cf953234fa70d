using System.Globalization;
using System.Text;
using Ringwright.Agency.Tables;

namespace Ringwright.Agency.Talking;

/// <summary>
/// What was said in a call as a track of subtitles for its recording (W3C WebVTT). A turn has one time: an agent's words are shown from
/// it on, a person's until it; for the rest so long as one reads them. What tools were asked and answered nobody has heard. Pure.
/// </summary>
internal static class WebVtt
{
    public const string ContentType = "text/vtt; charset=utf-8";

    private const double CharactersPerSecond = 15, Shortest = 1;

    /// <param name="begun">When the recording's time begins: the answer.</param>
    public static string Write(IEnumerable<TurnRow> turns, DateTimeOffset begun)
    {
        var text = new StringBuilder("WEBVTT\n");
        double last = 0;
        foreach (var turn in turns.Where(turn => turn.Role is TurnRow.User or TurnRow.Agent))
        {
            double at = Math.Max(0, (turn.SaidAt - begun).TotalSeconds);
            double reading = Math.Max(Shortest, turn.Body.Length / CharactersPerSecond);
            bool isPerson = turn.Role is TurnRow.User;
            // Cues begin in their order, and none is empty.
            double from = Math.Max(last, isPerson ? Math.Max(0, at - reading) : at);
            double until = Math.Max(from + Shortest, isPerson ? at : at + reading);
            last = from;
            text.Append(CultureInfo.InvariantCulture, $"\n{Clock(from)} --> {Clock(until)}\n");
            text.Append(CultureInfo.InvariantCulture, $"<v {(isPerson ? "Person" : "Agent")}>{Plain(turn.Body)}\n");
        }
        return text.ToString();
    }

    private static string Clock(double seconds)
    {
        var span = TimeSpan.FromSeconds(seconds);
        return ((int)span.TotalHours).ToString("00", CultureInfo.InvariantCulture)
            + span.ToString(@"\:mm\:ss\.fff", CultureInfo.InvariantCulture);
    }

    /// <summary>One line, in which nothing is a mark: whoever speaks makes no cue of his own.</summary>
    private static string Plain(string body) => body.ReplaceLineEndings(" ").Replace("&", "&amp;", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);
}
