using static Ringwright.Http.Bind;

namespace Ringwright.Http.Tests;

public sealed class BindingTests
{
    private static readonly ResourceKind Kind = new("thing");

    private static Contract Contract => TelnyxFiles.Contract;

    [Fact]
    public void An_operation_that_no_row_names_is_absent_with_its_reason()
    {
        var table = new BindingTable(Contract, [], o => $"no {o.Family}");
        Assert.Equal(822 + Contract.Extensions.Count, table.All.Count());
        Assert.All(table.All, b => Assert.False(b.IsReal));
        Assert.Equal("no Call Commands", Assert.IsType<Binding.Absent>(table[TelnyxFiles.Operation("DialCall")]).Reason);
    }

    [Fact]
    public void A_row_for_no_operation_stops_the_start()
    {
        var fault = Assert.Throws<InvalidOperationException>(() => new BindingTable(Contract, [Crud("ListThings", Kind)]));
        Assert.Contains("ListThings", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_row_for_an_operation_stops_the_start() =>
        Assert.Throws<InvalidOperationException>(() => new BindingTable(Contract,
            [Absent("DialCall", "later"), Absent("DialCall", "never")]));

    [Fact]
    public void A_form_that_does_not_suit_its_operation_stops_the_start()
    {
        Assert.Throws<InvalidOperationException>(() => new BindingTable(Contract, [Move("BridgeCall", Kind, "no such transition")]));
        Assert.Throws<InvalidOperationException>(() => new BindingTable(Contract,
            [Act("DialCall", _ => new(new Calls.LegCommand.StopGather()))]));
        Assert.Throws<InvalidOperationException>(() => new BindingTable(Contract,
            [Fixed("DialCall", new System.Text.Json.Nodes.JsonObject())]));
    }

    [Fact]
    public void Coverage_counts_operations_by_family_and_events_by_type_or_name()
    {
        var table = new BindingTable(Contract,
            [Crud("ListCallControlApplications", Kind), Crud("RetrieveCallControlApplication", Kind), Absent("DialCall", "later")]);
        var coverage = Coverage.Of(Contract, table, ["call.answered", "fax.queued"]);
        Assert.Equal("2 of 822", coverage.ToString());
        Assert.Equal((2, 64), (coverage.RealEvents, coverage.TotalEvents));
        Assert.Equal(135, coverage.Families.Count);
        var family = coverage.Families.Single(f => f.Family == "Call Control Applications");
        Assert.Equal((2, 5), (family.Real, family.Total));
        Assert.Equal("later", coverage.Families.SelectMany(f => f.Operations).Single(o => o.Operation.Id == "DialCall").Reason);
    }

    [Fact]
    public void An_event_that_the_contract_does_not_have_is_a_fault() =>
        Assert.Throws<InvalidOperationException>(() => Coverage.Of(Contract, new(Contract, []), ["call.exploded"]));

    [Fact]
    public void An_extension_of_ours_is_bound_and_not_counted()
    {
        var table = new BindingTable(Contract, [Handle("GetPublicKey", op => new(op.NoContent()))]);
        Assert.Equal("0 of 822", Coverage.Of(Contract, table, []).ToString());
        Assert.True(table[TelnyxFiles.Operation("GetPublicKey")].IsReal);
    }
}
