using Ringwright.Http;
using Ringwright.Telnyx;
using TelnyxFiles = Ringwright.Http.Tests.TelnyxFiles;

namespace Ringwright.Contract.Telnyx;

/// <summary><c>parameters.tsv</c>: nothing is accepted and dropped.</summary>
public sealed class ParameterTests
{
    /// <summary>
    /// Rows of fields that are shown and have no effect. There may be fewer, never more: what assistants do not follow yet is most of them.
    /// </summary>
    private const int MostStored = 187;

    private static readonly Http.Contract Contract = TelnyxContract.Read();
    private static readonly BindingTable Bindings = TelnyxBindings.ReadOnly(Contract);

    [Fact]
    public void Each_parameter_of_each_operation_that_is_there_has_one_row()
    {
        foreach (var operation in Contract.Operations)
        {
            var said = operation.Rules.Select(r => (r.In, r.Name)).ToList();
            Assert.Equal(said.Count, said.Distinct().Count());
            if (!Bindings[operation].IsReal)
            {
                Assert.Empty(said);
                continue;
            }
            var whole = operation.Refused.Where(r => r.In is ParameterPlace.Body).Select(r => r.Name + "/").ToList();
            Assert.Empty(ParameterNames.Of(operation).Except(said)
                .Where(p => !whole.Any(w => p.Name.StartsWith(w, StringComparison.Ordinal))).Select(p => $"{operation.Id} {p}"));
        }
    }

    [Fact]
    public void A_field_without_effect_is_one_of_a_resource_and_its_reply_shows_it()
    {
        var stored = Contract.Operations
            .SelectMany(o => o.Rules.Where(r => r.Effect is ParameterEffect.Stored).Select(r => (Operation: o, Rule: r))).ToList();
        Assert.True(stored.Count <= MostStored, $"{stored.Count} rows are stored without effect; {MostStored} may be");
        foreach (var (operation, rule) in stored)
        {
            Assert.Equal(ParameterPlace.Body, rule.In);
            var reply = operation.FindReply(operation.SuccessStatus)!.Json!;
            // Some replies are not described: the resource's own read is.
            Assert.True(reply is { Types: JsonTypes.Any, HasProperties: false, AnyOf.Count: 0 }
                || ParameterNames.Find(reply.FindProperty("data") ?? reply, rule.Name.Split('/')).Count > 0,
                $"{operation.Id} does not show {rule.Name}");
        }
    }

    [Theory]
    [InlineData("HangupCall\tno_such_field\tbody\tacts\t-\tcontract", "is no parameter")]
    [InlineData("HangupCall\tno_such_field\tbody\tstored\tfor show\tsdk", "no reply shows it")]
    [InlineData("HangupCall\tclient_state\tbody\tacts\t-\tcontract", "two rows")]
    [InlineData("HangupCall\tclient_state\tbody\trefused\twe do not like it\tsdk", "two rows")]
    [InlineData("DialCall\tdialogflow_config/analyze_sentiment\tbody\tacts\t-\tcontract", "refused whole")]
    [InlineData("NoSuchOperation\tclient_state\tbody\tacts\t-\tcontract", "NoSuchOperation")]
    public void A_row_for_what_is_not_there_stops_the_start(string row, string says)
    {
        var fault = Assert.Throws<FormatException>(() => Read(TelnyxFiles.Text("parameters.tsv") + row + "\n"));
        Assert.Contains(says, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("connection_name")] // acts, and is of the contract
    [InlineData("tools/timeout_ms")] // acts
    [InlineData("no_such_field")]
    public void A_default_of_what_is_not_refused_stops_the_start(string name)
    {
        var fault = Assert.Throws<FormatException>(() =>
            Read(TelnyxFiles.Text("parameters.tsv"), $"parameter\tvalue\tknown_from\n{name}\t1\tnobody\n"));
        Assert.Contains(name, fault.Message, StringComparison.Ordinal);
    }

    [Theory, InlineData("HangupCall\tclient_state\t", "client_state"), InlineData("ListPhoneNumbers\tfilter[tag]\t", "filter[tag]")]
    public void A_parameter_without_a_row_stops_the_start(string begin, string name)
    {
        var contract = Read(string.Join('\n', TelnyxFiles.Text("parameters.tsv").Split('\n')
            .Where(line => !line.StartsWith(begin, StringComparison.Ordinal))));
        var fault = Assert.Throws<InvalidOperationException>(() => TelnyxBindings.ReadOnly(contract));
        Assert.Contains(name, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_rows_stand_in_the_order_of_the_contract()
    {
        var order = Contract.Operations.Select((o, i) => (o.Id, i)).ToDictionary(o => o.Id, o => o.i, StringComparer.Ordinal);
        var rows = TelnyxFiles.Text("parameters.tsv").Split('\n').Skip(2).Where(line => line.Length > 0)
            .Select(line => order[line.Split('\t')[0]]).ToList();
        Assert.Equal(rows.Order(), rows);
    }

    private static Http.Contract Read(string parameters, string defaults = "")
    {
        using var json = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(TelnyxFiles.Text("contract.json")));
        return Http.Contract.Read(json, Envelope.Data, TelnyxFiles.Text("quirks.tsv"), TelnyxFiles.Text("fields.tsv"),
            TelnyxFiles.Text("extensions.tsv"), TelnyxFiles.Text("roles.tsv"), parameters, defaults);
    }
}
