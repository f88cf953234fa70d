using System.Text;
using System.Text.Json;
using Ringwright.Calls;

namespace Ringwright.Contract.Reference;

/// <summary>Writes the page of what each face says of a call that is over, from <c>contracts/faces.tsv</c>.</summary>
internal static class FacesPage
{
    public static string Write()
    {
        string[] columns = [.. FaceTable.Names.Order(StringComparer.Ordinal)];
        var text = new StringBuilder("""
            # What each API says of a call that is over

            The node keeps one cause for the end of each leg; every API has its own word for it. Written from `contracts/faces.tsv`, from which all of them
            read. `wire or N` is the SIP code that came or went, and N where there was none. Both directions are one row where they agree.


            """);
        text.Append("| cause | direction | answered | ").AppendJoin(" | ", columns).Append(" |\n|---|---|---|")
            .Append(string.Concat(Enumerable.Repeat("---|", columns.Length))).Append('\n');
        foreach (var cause in Enum.GetValues<HangupCause>().Where(cause => cause is not HangupCause.Unset))
        {
            foreach (bool isAnswered in new[] { false, true })
            {
                string inbound = WordsOf(new(cause, Direction.Inbound, isAnswered));
                string outbound = WordsOf(new(cause, Direction.Outbound, isAnswered));
                if (inbound == outbound) Append(cause, "both", isAnswered, inbound);
                else
                {
                    Append(cause, "inbound", isAnswered, inbound);
                    Append(cause, "outbound", isAnswered, outbound);
                }
            }
        }
        return text.ToString();

        string WordsOf(CallEnd end) => string.Join(" | ", columns.Select(column => $"`{FaceTable.Of(column)[end]}`"));

        void Append(HangupCause cause, string direction, bool isAnswered, string words)
        {
            string name = JsonNamingPolicy.SnakeCaseLower.ConvertName(cause.ToString());
            text.Append($"| `{name}` | {direction} | {(isAnswered ? "yes" : "no")} | {words} |\n");
        }
    }
}
