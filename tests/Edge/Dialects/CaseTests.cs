using Ringwright.Edge.Campaigns.Dialling;
using Ringwright.Testing;

namespace Ringwright.Edge.Dialects;

/// <summary>
/// Each case that Telefonie, the call log, assistants, the dialer, numbers, messages and the agency have to pass is played by a test that
/// there is: <c>tests/cases.tsv</c>.
/// </summary>
public sealed class CaseTests
{
    private static readonly int[] Telefonie =
        [1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 16, 17, 18, 20, 21, 22, 24, 25, 26, 28, 29, 30, 32];

    private static readonly int[] Chakra =
        [1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 16, 17, 18, 20, 21, 22, 24, 25, 26, 28, 29, 30, 32];

    /// <summary>
    /// Those that are played, 1, 2, 3, 17 and 25 by the clock of the audio; what 35, 38 and 39 ask for is not built.
    /// </summary>
    private static readonly int[] Assistants =
        [1, 2, 3, 5, 6, 7, 9, 10, 11, 13, 14, 15, 17, 18, 19, 21, 22, 23, 25, 26, 27, 29, 30, 31, 33, 34, 37];

    private static readonly int[] Dialer =
    [
        1, 2, 3, 5, 6, 7, 9, 10, 11, 13, 14, 15, 17, 18, 19, 21, 22, 23, 25, 26, 27, 29, 30, 31, 33, 34, 35, 37, 38, 39, 41, 42, 43,
        45, 46, 47, 49, 50, 51, 53, 54, 55, 57, 58, 59, 61, 62, 63, 65, 66, 67, 69, 70, 71, 73, 74, 75, 77, 78, 79, 81, 82, 83, 85,
        86, 87, 89, 90, 91, 93, 94, 95, 97, 98, 99, 101, 102,
    ];

    /// <summary>Of numbers. What the others ask for is not built, or not whole: required values, porting, emergency calls.</summary>
    private static readonly int[] Numbers = [1, 2, 3, 5, 6, 7, 9, 15, 18, 19, 21, 29];

    /// <summary>Of messages. What the others ask for is not built: programs that bind to the node, registration of senders, fax.</summary>
    private static readonly int[] Messages =
        [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 26, 27, 28, 29];

    /// <summary>
    /// Of the agency. What L02 and L06 ask for is not built: domains of agencies' own, and links to recordings; X01 and X02 are measured.
    /// </summary>
    private static readonly string[] Agency =
    [
        .. ("E01 E02 E03 E05 E06 E07 R02 R03 R04 R06 R07 R08 R10 R11 R12 P02 P03 P04 P06 W01 W02 W04 W05 W06 W08 W09 W10 W12 W13 "
            + "W14 W16 T01 T02 T04 T05 T06 T08 T09 T10 T12 T13 T14 N02 N03 N04 N06 N07 N08 B02 B03 B04 B06 B07 B08 B10 B11 B12 B14 "
            + "B15 B16 B18 B19 B20 B22 B23 C01 C03 C04 C05 C07 C08 C09 C11 C12 C13 C15 H01 H02 H04 H05 H06 H08 H09 D01 D03 D04 D05 "
            + "D07 D08 D09 D11 D12 D13 L03 L04 F01 F02 F04 X04").Split(' '),
    ];

    /// <summary>Those that hold by a clock on the wall too.</summary>
    private static readonly int[] InRealTime = [31, 33, 50, 54, 58, 65, 78, 89, 97, 99];

    /// <summary>Of the dialer's: those before it are of its resources, and at once.</summary>
    private const int FirstThatTakesTime = 31;

    private static readonly (string Case, string Test)[] Rows =
    [
        .. File.ReadLines(Repository.PathOf("tests", "cases.tsv")).Where(line => !line.StartsWith('#')).Skip(1)
            .Select(line => line.Split('\t')).Select(row => (row[0], row[1])),
    ];

    [Fact]
    public void Each_case_is_listed() => Assert.Equal(
        Telefonie.Select(number => $"TF{number}").Concat(Chakra.Select(number => $"CH{number}"))
            .Concat(Assistants.Select(number => $"AI{number}")).Concat(Dialer.Select(number => $"VB{number}"))
            .Concat(Numbers.Select(number => $"NU{number}")).Concat(Messages.Select(number => $"MS{number}")).Concat(Agency),
        Rows.Select(row => row.Case).Distinct());

    [Fact]
    public void Each_is_played_by_a_test_that_there_is() => Assert.All(Rows,
        row => Assert.True(ListedTest.IsThere(row.Test), $"{row.Case}: there is no test {row.Test}"));

    [Fact]
    public void What_holds_in_real_time_is_played_so() => Assert.All(InRealTime, number =>
        Assert.Contains(Rows, row => row.Case == $"VB{number}" && !IsByClockOfTest(row.Test)));

    /// <summary>Behind the resources, each waits for something: on a busy machine only a clock that stands meanwhile is exact.</summary>
    [Fact]
    public void What_takes_time_is_played_by_a_clock_that_a_test_moves() => Assert.All(
        Dialer.Where(number => number >= FirstThatTakesTime),
        number => Assert.Contains(Rows, row => row.Case == $"VB{number}" && IsByClockOfTest(row.Test)));

    private static bool IsByClockOfTest(string test) => test.StartsWith("Virtual", StringComparison.Ordinal)
        || typeof(DiallerRig).Assembly.GetTypes()
            .Any(type => type.Name == test.Split('.')[0] && typeof(DiallerRig).IsAssignableFrom(type));
}
