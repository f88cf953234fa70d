using System.Globalization;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Telnyx;
using Ringwright.Telnyx.Voice;
using TelnyxFiles = Ringwright.Http.Tests.TelnyxFiles;

namespace Ringwright.Contract.Telnyx;

public sealed class CoverageTests
{
    private static readonly Http.Contract Contract = TelnyxContract.Read();
    private static readonly BindingTable Bindings = TelnyxBindings.ReadOnly(Contract);

    /// <summary>Rows of <c>minimum.tsv</c>.</summary>
    private static readonly Dictionary<string, int> Least = TelnyxFiles.Text("minimum.tsv").Split('\n')
        .Where(line => line.Length > 0 && line[0] != '#').Skip(1).Select(line => line.Split('\t'))
        .ToDictionary(row => row[0], row => int.Parse(row[1], CultureInfo.InvariantCulture), StringComparer.Ordinal);

    [Fact]
    public void All_822_operations_have_a_binding_and_what_was_real_stays_real()
    {
        var coverage = Coverage.Of(Contract, Bindings, TelnyxEvents.Emitted, TelnyxContract.ReadProven());
        Assert.Equal((822, 64), (coverage.Total, coverage.TotalEvents));
        Assert.True(coverage.Real >= Least["operations"], $"{coverage.Real} operations are real; {Least["operations"]} were");
        Assert.True(coverage.Proven >= Least["proven"], $"{coverage.Proven} operations are proven; {Least["proven"]} were");
        int acting = coverage.Parameters.Acting;
        Assert.True(acting >= Least["parameters"], $"{acting} parameters act; {Least["parameters"]} did");
        Assert.True(coverage.RealEvents >= Least["events"], $"{coverage.RealEvents} events are sent; {Least["events"]} were");
    }

    [Fact]
    public void What_is_absent_says_what_is_missing_in_plain_words()
    {
        foreach (var operation in Contract.Operations)
        {
            if (Bindings[operation] is not Binding.Absent absent) continue;
            Assert.Matches("^Not built yet: .+\\.$", absent.Reason);
            // The contract's own name of a family is not a reason.
            Assert.NotEqual($"Not built yet: {operation.Family}.", absent.Reason, StringComparer.Ordinal);
        }
    }

    [Fact]
    public void The_types_that_webhook_urls_takes_are_those_that_are_sent() =>
        Assert.Equal(SentEvents.Webhooks.Concat(SentEvents.Beside.Select(e => SentEvents.Project(e))).Select(m => m.EventType).Distinct()
            .Order(StringComparer.Ordinal), TelnyxProjector.EventTypes.Order(StringComparer.Ordinal));

    [Fact]
    public void Every_refusal_has_a_code_that_the_catalogue_knows()
    {
        var catalogue = TelnyxContract.ReadErrors();
        foreach (var refusal in Enum.GetValues<Refusal>())
        {
            var row = Errors.Of(refusal);
            Assert.NotNull(catalogue.Find(row.Code));
            Assert.False(string.IsNullOrEmpty(row.Detail));
        }
    }
}
