using System.Text;
using Ringwright.Http;
using Ringwright.Telnyx;
using Ringwright.Testing;
using Xunit.Sdk;

namespace Ringwright.Interop.Cases;

/// <summary>What the walks of isolation arrange follows <c>parameters.tsv</c>.</summary>
public sealed class ReferencesTests
{
    [Fact]
    public void A_parameter_like_an_id_that_nobody_thought_of_fails_with_the_line_to_add()
    {
        var fault = Assert.Throws<XunitException>(() => References.Of(HangupWith("farewell/order_id\tbody\tacts\t-\tsdk")).ToList());
        Assert.Contains("/actions/hangup", fault.Message, StringComparison.Ordinal);
        Assert.Contains("takes farewell/order_id", fault.Message, StringComparison.Ordinal);
        Assert.EndsWith("\n        [\"order_id\"] = Thing.None,", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("farewell/recording_id\tbody\tacts\t-\tsdk", "/farewell/recording_id", "Recording", false)]  // the thing's own id
    [InlineData("billing_group_ids\tbody\tacts\t-\tsdk", "/billing_group_ids", "BillingGroup", true)]
    [InlineData("media_name\tbody\tacts\t-\tsdk", "/media_name", "Media", false)]                         // as a line says
    public void One_that_names_a_thing_is_asked_with_anothers(string row, string pointer, string thing, bool isList) =>
        Assert.Equal([(pointer, Enum.Parse<Thing>(thing), isList)], References.Of(HangupWith(row)));

    [Theory]
    [InlineData("order_id\tbody\trefused\tthere are no orders\tsdk")]
    [InlineData("order_id\tquery\tacts\t-\tsdk")]
    [InlineData("order\tbody\tacts\t-\tsdk")]
    [InlineData("name\tbody\tacts\t-\tsdk")]
    public void What_is_refused_or_names_nothing_is_not(string row) => Assert.Empty(References.Of(HangupWith(row)));

    [Fact]
    public void No_line_is_for_a_parameter_that_is_not_there() =>
        Assert.Empty(References.Lines.Except(Arrangement.Bound.SelectMany(References.LinesFor)));

    [Fact]
    public void Every_operation_that_is_walked_is_arranged()
    {
        int found = Arrangement.Bound.Sum(operation => References.Of(operation).Count());
        Assert.InRange(found, 30, 1_000);
        Assert.All(Arrangement.OfThings, walked => Assert.NotEqual(Thing.None, walked.Thing));
    }

    /// <summary>The contract with one more row.</summary>
    private static Operation HangupWith(string row)
    {
        using var json = new MemoryStream(Encoding.UTF8.GetBytes(Text("contract.json")));
        return Contract.Read(json, Envelope.Data, Text("quirks.tsv"), Text("fields.tsv"), Text("extensions.tsv"), Text("roles.tsv"),
            $"{Text("parameters.tsv")}HangupCall\t{row}\n").Find("HangupCall")!; // an operation of the contract
    }

    private static string Text(string file) => File.ReadAllText(Repository.PathOf("contracts", "telnyx", file));
}
