using System.Text;
using Ringwright.Contract.Conformance.Dialects;
using Ringwright.Http;

namespace Ringwright.Contract.Reference;

/// <summary>The part of the page of coverage that says what the walk of all dialects proves.</summary>
internal static class WalkedSection
{
    public static string Write()
    {
        var text = new StringBuilder("""

            ## What is walked

            Of every dialect each operation that is in is asked on a running node in each way in which it must refuse
            ([how](../how-to/add-a-dialect.md#the-walk-of-all-dialects)). What an account makes is made, listed, read, changed and
            deleted too, while another account tries the same: these operations are proven. What becomes of each parameter a row says
            of `contracts/NAME/parameters.tsv`.

            | dialect | below | proven | parameters: act | stored | refused |
            |---|---|---|---|---|---|

            """);
        foreach (var dialect in WalkedDialects.All)
            text.Append($"| [{dialect}](../../contracts/{dialect}/parameters.tsv) | `{dialect.Root}` | {dialect.Proven.Count} | "
                + $"{dialect.Count(ParameterEffect.Acts)} | {dialect.Count(ParameterEffect.Stored)} | "
                + $"{dialect.Count(ParameterEffect.Refused)} |\n");
        return text.ToString();
    }
}
