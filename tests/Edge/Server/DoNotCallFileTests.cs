using Ringwright.Server.Operating;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary>Files of whom nobody calls, sent to a whole node.</summary>
public sealed class DoNotCallFileTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_list_that_says_why_in_words_of_its_own_is_taken()
    {
        using var folder = new TempFolder();
        await using var node = await OperatorClient.StartAsync();
        string file = Path.Combine(folder.Path, "list.csv");
        await File.WriteAllTextAsync(file, "number,reason\n+12125550101,Asked by email\n+12125550102 x7,Litigator\n", Stop);
        var done = await new DoNotCallFile(home: null).ImportAsync(node.Socket, file, account: null, reason: null, report: null, Stop);
        Assert.Equal((2, 0), (done.Added, done.Wrong));
        var rows = (await new OperatorClient(node).DataAsync("GET", "/do_not_call")).AsArray();
        Assert.Equal(["+12125550101 other Asked by email", "+12125550102 litigator "],
            rows.Select(row => $"{row!["phone_number"]} {row["reason"]} {row["evidence"]}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Of_whom_a_list_says_that_he_may_be_called_is_told_and_not_on_it()
    {
        using var folder = new TempFolder();
        await using var node = await OperatorClient.StartAsync();
        string file = Path.Combine(folder.Path, "contacts.csv");
        await File.WriteAllTextAsync(file, "number,DoNotCall\n+12125550101,false\n+12125550102,true\n+12125550103,n/a\n", Stop);
        var done = await new DoNotCallFile(home: null).ImportAsync(node.Socket, file, account: null, reason: null, report: null, Stop);
        Assert.Equal((2, 1), (done.Added, done.Wrong));
        Assert.Equal("line 2: '+12125550101': the row says that it may be called", Assert.Single(done.Faults));
        // That a registry does not have him takes nobody off who has asked for it.
        await File.WriteAllTextAsync(file, "number,National DNC\n+12125550104,N\n+12125550105,Y\n", Stop);
        done = await new DoNotCallFile(home: null).ImportAsync(node.Socket, file, account: null, reason: null, report: null, Stop);
        Assert.Equal((2, 0), (done.Added, done.Wrong));
    }
}
