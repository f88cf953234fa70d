namespace Ringwright.Contract.Conformance;

public sealed class FaultsTests
{
    [Fact]
    public void The_first_line_of_a_failure_is_its_first_fault()
    {
        string[] lines = Faults.MessageOf(["GetCall: 500\nat somewhere", "ListCalls: 404"], asked: 7).Split('\n');
        Assert.Equal(["GetCall: 500 at somewhere (2 faults of 7 requests)", "ListCalls: 404"], lines);
        Assert.Equal("GetCall: 500 (1 faults)", Faults.MessageOf(["GetCall: 500"], asked: null).Split('\n')[0]);
        Faults.None([]);
    }
}
