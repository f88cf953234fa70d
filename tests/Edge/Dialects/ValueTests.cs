using Ringwright.Agency;
using Ringwright.Edge.Chakra;
using Ringwright.Testing;

namespace Ringwright.Edge.Dialects;

/// <summary>
/// Each value that the customers' documents enumerate, and each field of the calls of the two small ones, is reached by a test through its
/// API, or stands on the page of its API with the reason why nothing reaches it yet. That the agency's are reached or not as the list says
/// <c>AgencyValueTests</c> sees for itself.
/// </summary>
public sealed class ValueTests
{
    /// <summary>As the customers' documents have them; those of agencies are compared with them by <c>AgencyEnumTests</c>.</summary>
    private static readonly Dictionary<string, Dictionary<string, string[]>> Documented = new()
    {
        ["agency"] = AgencyEnums.All.ToDictionary(),
        ["chakra"] = new()
        {
            ["callStatus"] = ChakraRules.Statuses, ["type"] = ["OUTBOUND", "INBOUND"], ["call"] = ChakraRules.Fields,
        },
        ["telefonie"] = new()
        {
            ["status"] = ["queued", "ringing", "in-progress", "completed", "failed", "busy", "no-answer", "canceled"],
            ["direction"] = ["inbound", "outbound"],
            ["answered_by"] = ["human", "machine", "unknown"],
            ["call"] =
            [
                "id", "status", "direction", "from", "to", "duration", "start_time", "end_time", "price", "price_unit", "recording_url",
                "url", "status_callback", "answered_by",
            ],
        },
        ["voipbin"] = new()
        {
            ["call.status"] = ["dialing", "ringing", "progressing", "terminating", "canceling", "hangup"],
            ["campaign.status"] = ["stop", "stopping", "run"],
            ["campaigncall.status"] = ["dialing", "progressing", "done"],
            ["campaigncall.result"] = ["", "success", "fail"],
            ["campaigncall.reference_type"] = ["none", "call"],
            ["outdialtarget.status"] = ["idle", "progressing", "done"],
            ["queuecall.status"] = ["initiating", "waiting", "connecting", "service", "done", "abandoned"],
        },
    };

    public static TheoryData<string> Faces => [.. Documented.Keys];

    [Theory, MemberData(nameof(Faces))]
    public void Each_documented_value_is_listed_once(string face) => Assert.Equal(
        Documented[face].SelectMany(one => one.Value.Select(value => $"{one.Key} {value}")).Order(StringComparer.Ordinal),
        Of(face).Select(row => $"{row}").Order(StringComparer.Ordinal));

    [Theory, MemberData(nameof(Faces))]
    public void Each_is_reached_by_a_test_that_there_is_or_has_a_reason(string face) => Assert.All(Of(face), row =>
    {
        Assert.True(row.IsReached == (row.Reason.Length == 0), $"{row} has a test and a reason, or neither");
        if (row.IsReached) Assert.True(ListedTest.IsThere(row.Test), $"{row}: there is no test {row.Test}");
    });

    [Theory, MemberData(nameof(Faces))]
    public void What_is_not_reached_is_said_to_be_so(string face)
    {
        string page = File.ReadAllText(Repository.PathOf("docs", "reference", face + ".md"));
        foreach (var row in Of(face).Where(row => !row.IsReached))
        {
            int at = page.IndexOf("## Not reachable yet", StringComparison.Ordinal);
            Assert.True(at >= 0, $"the page of {face} does not say what is not reached");
            string name = row.Enumeration[(row.Enumeration.IndexOf('.') + 1)..];
            Assert.Contains(page[at..].Split('\n'), line => line.StartsWith($"| `{name}` ", StringComparison.Ordinal)
                && line.Contains($"`{row.Value}`", StringComparison.Ordinal));
        }
    }

    /// <summary>A page does not go on saying that of what is reached.</summary>
    [Fact]
    public void The_agencys_page_lists_those_that_are_not_reached_and_no_other()
    {
        string page = File.ReadAllText(Repository.PathOf("docs", "reference", "agency.md"));
        var said = new List<string>();
        foreach (string line in page[page.IndexOf("## Not reachable yet", StringComparison.Ordinal)..].Split('\n')
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal)))
        {
            string[] cells = [.. line.Split('|').Select(cell => cell.Trim())];
            said.AddRange(cells[2].Split(", ").Select(value => $"{cells[1].Trim('`')} {value.Trim('`')}"));
        }
        Assert.Equal(Of("agency").Where(row => !row.IsReached).Select(row => $"{row}").Order(StringComparer.Ordinal),
            said.Order(StringComparer.Ordinal));
    }

    private static IEnumerable<ListedValue> Of(string face) => ListedValue.All.Where(row => row.Face == face);
}
