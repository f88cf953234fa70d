using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Telnyx;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Contract.Telnyx;

public sealed class CoverageTests
{
    private static readonly Http.Contract Contract = TelnyxContract.Read();
    private static readonly BindingTable Bindings = TelnyxBindings.ReadOnly(Contract);

    [Fact]
    public void All_822_operations_have_a_binding_and_these_are_real()
    {
        var coverage = Coverage.Of(Contract, Bindings, TelnyxProjector.Emitted.ToArray());
        Assert.Equal(822, coverage.Total);
        Assert.Equal(87, coverage.Real);
        Assert.Equal(64, coverage.TotalEvents);
        Assert.Equal(14, coverage.RealEvents);
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
