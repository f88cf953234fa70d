using Ringwright.Campaigns.Dialling;
using Ringwright.Campaigns.Lists;
using Ringwright.Edge.Campaigns;
using Ringwright.Server.Operating;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary>Files of whom a campaign calls, sent to a whole node.</summary>
public sealed class TargetFileTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private RunningNode _node = null!;       // set before each test
    private OperatorClient _client = null!;
    private string _campaigns = "";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _node = await OperatorClient.StartAsync();
        _client = new(_node);
        _campaigns = $"/accounts/{(await _client.DataAsync("GET", "/accounts"))[0]!["id"]}/campaigns";
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        _folder.Dispose();
    }

    private async Task<string> CampaignAsync() => $"{_campaigns}/" + (string)(await _client.DataAsync("POST", _campaigns,
        """{"name":"list","from":["+15550100000"],"message":"Hello.","tries":2}"""))["id"]!;

    private async Task<ImportedRows> SendAsync(string campaign, string text, List<long>? told = null, TargetReading? reading = null)
    {
        string file = Path.Combine(_folder.Path, "list.csv");
        await File.WriteAllTextAsync(file, text, Stop);
        return await TargetFile.SendAsync(_node.Socket, file, reading ?? TargetReading.Usual, $"operator/v1{campaign}",
            sent => told?.Add(sent), Stop);
    }

    [Fact, Depth("the gate has a file of targets with its wrong rows")]
    public async Task Columns_with_a_meaning_are_fields_of_the_target_and_the_others_its_data()
    {
        string campaign = await CampaignAsync();
        var done = await SendAsync(campaign, """
            Phone,Name,timezone,due_at,destination_2,destination_5,town
            +12125550101,Anna,Europe/Berlin,2031-05-06T07:08:09Z,sip:anna@example.com,+12125550109,Ulm
            sip:bert@example.com,Bert,,,,,
            """);
        Assert.Equal((2, 0, 0), (done.Added, done.Known, done.Skipped));
        var rows = (await _client.DataAsync("GET", campaign + "/targets")).AsArray();
        var anna = rows.Single(row => (string?)row!["name"] == "Anna")!;
        Assert.Equal(["+12125550101", "sip:anna@example.com", null, null, "+12125550109"],
            anna["destinations"]!.AsArray().Select(one => (string?)one));
        Assert.Equal(("Europe/Berlin", "2031-05-06T07:08:09"), ((string?)anna["timezone"], ((string?)anna["due_at"])![..19]));
        var bert = rows.Single(row => (string?)row!["name"] == "Bert")!;
        Assert.Equal(("sip:bert@example.com", null), ((string?)bert["phone_number"], (string?)bert["timezone"]));
    }

    [Fact]
    public async Task What_cannot_be_taken_is_skipped_and_told_with_its_line_whoever_found_it()
    {
        string campaign = await CampaignAsync(), tooLong = new('x', 256);
        var done = await SendAsync(campaign, $"""
            number,name,timezone,due_at,destination_2
            +12125550101,Anna,,,
            0,Nobody,,,
            +12125550102,{tooLong},,,
            +12125550103,Cleo,Moon/Sea,,
            +12125550104,Dora,,soon,
            +12125550105,Emil,,,12
            +12125550101,Anna again,,,
            +12125550106,Fred,{new string('z', 65)},,
            """);
        Assert.Equal((1, 0, 7), (done.Added, done.Known, done.Skipped));
        // Anna is on the list: whoever runs it from a script is told of the others.
        Assert.Equal((6, 1), (done.Wrong, done.ExitCode));
        Assert.Equal([3, 4, 5, 6, 7, 8, 9], done.Faults.Select(fault => int.Parse(fault.Split(' ', ':')[1],
            System.Globalization.CultureInfo.InvariantCulture)).Order());
        Assert.Contains(done.Faults, fault => fault.Contains("name is longer than 255 characters", StringComparison.Ordinal));
        Assert.Contains(done.Faults, fault => fault.Contains("due_at is no date or moment", StringComparison.Ordinal));
        Assert.Single((await _client.DataAsync("GET", campaign + "/targets")).AsArray());
    }

    [Fact, Depth("the gate has a file of targets with its wrong rows")]
    public async Task A_list_of_a_spreadsheet_is_read_by_its_mapping_and_each_row_is_reported()
    {
        Assert.True(NationalNumbers.TryOf(NumberingPlansTests.Plans, "DE", out var home));
        string told = Path.Combine(_folder.Path, "report.csv");
        var reading = new TargetReading
        {
            Columns = new Dictionary<string, string> { ["mobil"] = "phone", ["wer"] = "name", ["notiz"] = "" }, Home = home,
            Report = told,
        };
        string campaign = await CampaignAsync();
        var done = await SendAsync(campaign, """
            Mobil;Wer;Notiz;Stadt
            030 1234501;Anna;x;=Ulm
            '+49 30 1234502;Bert;;
            4.93012E+10;Cleo;;
            49301234503.0;Dora;;
            +49 (0)30 1234504;Emil;;
            =1+1;Fred;;
            0049 30 1234501;Anna again;;
            030 1234505;Gus "the man";;
            ;;;
            """, reading: reading);
        Assert.Equal((2, 0, 6), (done.Added, done.Known, done.Skipped));
        string[] report = await File.ReadAllLinesAsync(told, Stop);
        Assert.Equal("line,phone,result,reason", report[0]);
        Assert.Equal(["2 added", "3 added", "4 skipped", "5 skipped", "6 skipped", "7 skipped", "8 skipped", "9 skipped"],
            report[1..].Select(line => line.Split(',')).Select(cells => $"{cells[0]} {cells[2]}").Order());
        Assert.Contains(report, line => line.StartsWith("7,'=1+1,skipped,", StringComparison.Ordinal));
        var rows = (await _client.DataAsync("GET", campaign + "/targets")).AsArray();
        Assert.Equal(["+49301234501", "+49301234502"], rows.Select(row => (string)row!["phone_number"]!).Order());
    }

    /// <summary>As Salesforce exports its contacts.</summary>
    [Fact]
    public async Task Of_whom_a_file_says_that_nobody_is_to_call_him_is_skipped()
    {
        string campaign = await CampaignAsync();
        var done = await SendAsync(campaign, """
            Name,Phone,DoNotCall
            Anna,+12125550101,true
            Bert,+12125550102,false
            """);
        Assert.Equal((1, 1), (done.Added, done.Wrong));
        Assert.Equal("line 2: '+12125550101': the row says that nobody is to call it", Assert.Single(done.Faults));
    }

    /// <summary>As who looks numbers up sends a list back.</summary>
    [Fact]
    public async Task Of_which_number_a_file_says_that_nobody_is_to_call_it_is_skipped()
    {
        string campaign = await CampaignAsync();
        var done = await SendAsync(campaign, """
            Name,Phone 1,Phone 1 DNC,Phone 2,Phone 2 DNC
            Anna,+12125550101,TRUE,+12125550111,FALSE
            Bert,+12125550102,FALSE,+12125550112,TRUE
            """);
        Assert.Equal((1, 1), (done.Added, done.Wrong));
        Assert.Equal("line 2: '+12125550101': the row says that nobody is to call it", Assert.Single(done.Faults));
    }

    /// <summary>A CRM has him as a lead and as a contact, or husband and wife have one telephone.</summary>
    [Fact]
    public async Task Of_whom_one_row_says_that_nobody_is_to_call_him_no_other_row_is_called()
    {
        string campaign = await CampaignAsync();
        const string list = """
            Name,Phone,DNC,destination_2
            Anna,+12125550101,,
            Bert,+12125550102,No,
            Anna again,+1 (212) 555-0101,Yes,
            Anna once more,+12125550101,No,
            Ines,+525512345678,,
            Ines again,+52 1 55 1234 5678,Yes,
            Carl,+12125550103,,+12125550101
            Dora,sip:+12125550101@carrier.example,,
            Nobody,12,Yes,
            """;
        var done = await SendAsync(campaign, list);
        Assert.Equal((1, 8), (done.Added, done.Wrong));
        var bert = Assert.Single((await _client.DataAsync("GET", campaign + "/targets")).AsArray())!;
        Assert.Equal("+12125550102", (string?)bert["phone_number"]);
        Assert.Contains("line 2: '+12125550101': another row says that nobody is to call it", done.Faults);
        Assert.Contains("line 8: '+12125550103': destination_2: another row says that nobody is to call it", done.Faults);
        // Who knows better leaves the column out.
        var reading = new TargetReading { Columns = new Dictionary<string, string> { ["dnc"] = "" } };
        done = await SendAsync(campaign, list, reading: reading);
        Assert.Equal((5, 1, 1), (done.Added, done.Known, done.Wrong));
    }

    /// <summary>He has asked for it since the file was sent before.</summary>
    [Fact]
    public async Task Of_whom_a_later_file_says_that_nobody_is_to_call_him_is_called_no_more()
    {
        string campaign = await CampaignAsync();
        await SendAsync(campaign, "Name,Phone\nAnna,+12125550101\nBert,+12125550102\nInes,+5215512345678\n");
        var done = await SendAsync(campaign, """
            Name,Phone,DNC
            Anna,+1 (212) 555-0101,Yes
            Bert,+12125550102,No
            Ines,+525512345678,Yes
            Carl,+12125550103,Yes
            """);
        Assert.Equal((0, 1, 3, 2), (done.Added, done.Known, done.Wrong, done.TakenOut));
        Assert.Contains("line 2: '+12125550101': the row says that nobody is to call it", done.Faults);
        Assert.Equal(["Anna done do_not_call_by_list", "Bert idle ", "Ines done do_not_call_by_list"], await StandAsync());
        // Said again it changes nothing, and neither does a file that says nothing of them.
        done = await SendAsync(campaign, "Name,Phone,DNC\nAnna,+12125550101,Yes\n");
        Assert.Equal((1, 0), (done.Wrong, done.TakenOut));
        done = await SendAsync(campaign, "Name,Phone\nAnna,+12125550101\n");
        Assert.Equal((0, 1), (done.Added, done.Known));
        Assert.Equal(["Anna done do_not_call_by_list", "Bert idle ", "Ines done do_not_call_by_list"], await StandAsync());

        async Task<IEnumerable<string>> StandAsync() => (await _client.DataAsync("GET", campaign + "/targets")).AsArray()
            .Select(row => $"{row!["name"]} {row["state"]} {row["outcome"]}");
    }

    [Fact]
    public async Task Of_whom_a_request_says_that_nobody_is_to_call_him_is_skipped_with_all_of_his_number()
    {
        string campaign = await CampaignAsync();
        await SendAsync(campaign, "phone\n+12125550101\n");
        var answer = await _client.DataAsync("POST", campaign + "/targets", """
            {"targets":[{"phone_number":"+12125550101"},{"phone_number":"+12125550101","do_not_call":true},
             {"phone_number":"+12125550102","do_not_call":false},{"phone_number":"+12125550103","destination_2":"+12125550101"}]}
            """);
        Assert.Equal((1, 0, 3, 1), ((int)answer["added"]!, (int)answer["known"]!, (int)answer["skipped"]!, (int)answer["taken_out"]!));
        Assert.Equal(["another row says that nobody is to call it", "the row says that nobody is to call it", null,
            "a destination: another row says that nobody is to call it"], answer["rows"]!.AsArray().Select(row => (string?)row!["reason"]));
        using var trail = await _node.Api.GetAsync("/v2/audit_events", Stop);
        Assert.Contains("targets_taken_out", await trail.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    /// <summary>Whoever picks up there has asked for it, and nobody knows him from the other one.</summary>
    [Fact]
    public async Task Who_waits_with_such_a_number_as_another_of_his_addresses_is_called_no_more_either()
    {
        string campaign = await CampaignAsync();
        await SendAsync(campaign, """
            Name,Phone,destination_2,destination_5
            Anna,+12125550101,+12125550102,
            Bert,+12125550103,,sip:+12125550104@carrier.example
            Carl,+12125550105,+12125550106,
            Dora,sip:+12125550107@carrier.example,,
            Ines,+12125550108,+5215512345678,
            """);
        const string refusals = "phone,DNC\n+12125550102,Yes\n+12125550104,Yes\n+12125550107,Yes\n+525512345678,Yes\n";
        var done = await SendAsync(campaign, refusals);
        Assert.Equal((0, 4, 4), (done.Added, done.Wrong, done.TakenOut));
        Assert.Equal(["Anna done do_not_call_by_list", "Bert done do_not_call_by_list", "Carl idle ", "Dora done do_not_call_by_list",
            "Ines done do_not_call_by_list"], (await _client.DataAsync("GET", campaign + "/targets")).AsArray()
            .Select(row => $"{row!["name"]} {row["state"]} {row["outcome"]}"));
        Assert.Equal(0, (await SendAsync(campaign, refusals)).TakenOut);
    }

    /// <summary>As CRMs have it: nobody is called by such a cell, and the row is of him all the same.</summary>
    [Fact]
    public async Task Whom_a_row_refuses_at_an_extension_or_as_from_abroad_is_called_no_more_at_the_number()
    {
        string campaign = await CampaignAsync();
        await SendAsync(campaign, "phone\n+12125550101\n+4930123456\n+12125550102\n");
        var done = await SendAsync(campaign, """
            phone,DNC
            +1 (212) 555-0101 x12,Yes
            0049 30 123456,Yes
            +12125550101,
            """);
        Assert.Equal((0, 0, 3, 2), (done.Added, done.Known, done.Wrong, done.TakenOut));
        Assert.Contains("line 2: '+12125550101': the row says that nobody is to call it", done.Faults);
        Assert.Contains("line 4: '+12125550101': another row says that nobody is to call it", done.Faults);
        Assert.Equal(["+12125550101 done", "+4930123456 done", "+12125550102 idle"], await StandAsync());
        // So it is where a request says it.
        var answer = await _client.DataAsync("POST", campaign + "/targets",
            """{"targets":[{"phone_number":"+12125550102;ext=12","do_not_call":true},{"phone_number":"x12","do_not_call":true}]}""");
        Assert.Equal((2, 1), ((int)answer["skipped"]!, (int)answer["taken_out"]!));
        Assert.Equal(["the row says that nobody is to call it", TargetAddress.NotOne],
            answer["rows"]!.AsArray().Select(row => (string?)row!["reason"]));

        async Task<IEnumerable<string>> StandAsync() => (await _client.DataAsync("GET", campaign + "/targets")).AsArray()
            .Select(row => $"{row!["phone_number"]} {row["state"]}");
    }

    /// <summary>The list has him by the address that the row says it of.</summary>
    [Fact]
    public async Task Of_a_number_at_some_host_that_nobody_is_to_call_is_called_no_more()
    {
        const string there = "sip:+12125550101@carrier.example";
        string campaign = await CampaignAsync();
        await SendAsync(campaign, $"phone\n{there}\n+12125550102\n");
        var done = await SendAsync(campaign, $"phone,DNC\n{there},Yes\n");
        Assert.Equal((0, 1, 1), (done.Added, done.Wrong, done.TakenOut));
        Assert.Equal([$"{there} done", "+12125550102 idle"], (await _client.DataAsync("GET", campaign + "/targets")).AsArray()
            .Select(row => $"{row!["phone_number"]} {row["state"]}"));
    }

    [Fact, Depth("the gate has a file of targets with its wrong rows")]
    public async Task Targets_are_in_the_order_of_the_file()
    {
        string campaign = await CampaignAsync();
        // Neither up nor down.
        string[] numbers = [.. Enumerable.Range(0, 100).Select(i => $"+1212555{i * 37 % 100:0000}")];
        Assert.Equal(100, (await SendAsync(campaign, "phone\n" + string.Join('\n', numbers))).Added);
        var rows = (await _client.DataAsync("GET", campaign + "/targets?page[size]=250")).AsArray();
        Assert.Equal(numbers, rows.Select(row => (string)row!["phone_number"]!));
    }

    /// <summary>As one that was broken off in the middle.</summary>
    [Fact]
    public async Task A_file_that_is_sent_again_adds_who_was_missing()
    {
        string campaign = await CampaignAsync();
        string[] lines = [.. Enumerable.Range(0, 1_200).Select(i => $"+1212555{i:0000}")];
        var told = new List<long>();
        var part = await SendAsync(campaign, "phone\n" + string.Join('\n', lines[..700]), told);
        Assert.Equal((700, 0), (part.Added, part.Known));
        Assert.Equal([700, 700], told);
        told.Clear();
        var all = await SendAsync(campaign, "phone\n" + string.Join('\n', lines), told);
        Assert.Equal((500, 700, 0), (all.Added, all.Known, all.Skipped));
        // Several pieces are under way at once, and none is told before the one in front of it.
        Assert.Equal([1_000, 1_200, 1_200], told);
    }

    /// <summary>A list is read through for each piece that refuses somebody.</summary>
    [Fact]
    public async Task Whom_a_file_refuses_is_sent_before_the_others_in_as_few_pieces_as_hold_all()
    {
        string campaign = await CampaignAsync();
        var told = new List<long>();
        var done = await SendAsync(campaign, "phone,DNC\n" + string.Join('\n', Enumerable.Range(0, 1_200)
            .Select(static i => $"+1212555{i:0000},{(i % 2 == 0 ? "Yes" : "")}")), told);
        Assert.Equal((600, 0, 600), (done.Added, done.Known, done.Wrong));
        // The first has all 600 of them, and 400 of the others, of whom the last is in row 800.
        Assert.Equal([800, 1_200, 1_200], told);
    }

    [Fact]
    public async Task Whoever_asks_for_exceptions_alone_hears_of_those_who_were_not_added_by_their_places()
    {
        string campaign = await CampaignAsync();
        const string targets = """
            "targets":[{"phone_number":"+12125550101"},{"phone_number":"12"},{"phone_number":"+12125550102","name":null},
             {"phone_number":"+12125550101"},{"phone_number":"+12125550103","data":{"town":"Köln"} }]
            """;
        var first = await _client.DataAsync("POST", campaign + "/targets", $$"""{"report":"exceptions",{{targets}} }""");
        Assert.Equal((3, 0, 2), ((int)first["added"]!, (int)first["known"]!, (int)first["skipped"]!));
        Assert.Equal([(1, "12", "skipped"), (3, "+12125550101", "skipped")], first["rows"]!.AsArray().Select(row =>
            ((int)row!["index"]!, (string)row["phone_number"]!, (string)row["result"]!)));
        Assert.All(first["rows"]!.AsArray(), row => Assert.NotEmpty((string)row!["reason"]!));
        // The same again, in the other form.
        var again = await _client.DataAsync("POST", campaign + "/targets", $$"""{ {{targets}} }""");
        Assert.Equal((0, 3, 2), ((int)again["added"]!, (int)again["known"]!, (int)again["skipped"]!));
        Assert.Equal(["known", "skipped", "known", "skipped", "known"], again["rows"]!.AsArray().Select(row => (string?)row!["result"]));
        Assert.All(again["rows"]!.AsArray(), row => Assert.Null(row!["index"]));
        var (status, body) = await _client.AskAsync("POST", campaign + "/targets", """{"report":"some","targets":[]}""");
        Assert.True(status == System.Net.HttpStatusCode.UnprocessableEntity, body.ToJsonString());
    }

    /// <summary>A row may have as much as all of a short list.</summary>
    [Fact, Depth("the gate has a file of targets with its wrong rows")]
    public async Task Rows_with_much_in_them_are_sent_in_smaller_pieces()
    {
        string campaign = await CampaignAsync(), cell = new('x', 2_000);
        string head = "phone," + string.Join(',', Enumerable.Range(0, 25).Select(i => $"word{i}"));
        string cells = string.Join(',', Enumerable.Repeat(cell, 25));
        var told = new List<long>();
        var done = await SendAsync(campaign, head + "\n" + string.Join('\n', Enumerable.Range(0, 100)
            .Select(i => $"+1212555{i:0000},{cells}")), told);
        Assert.Equal((100, 0, 0), (done.Added, done.Known, done.Skipped));
        Assert.True(told.Count > 2, $"{told.Count} pieces");
    }

    [Fact, Depth("the gate has a file of targets with its wrong rows")]
    public async Task A_node_that_takes_few_requests_a_second_is_asked_again()
    {
        await using var slow = await RunningNode.StartAsync(settings => settings with { OperatorKey = OperatorClient.Key, ApiRate = 3 });
        var client = new OperatorClient(slow);
        string campaigns = $"/accounts/{(await client.DataAsync("GET", "/accounts"))[0]!["id"]}/campaigns";
        var made = await client.DataAsync("POST", campaigns, """{"name":"list","from":["+15550100000"],"message":"Hello."}""");
        string file = Path.Combine(_folder.Path, "list.csv");
        await File.WriteAllLinesAsync(file, ["phone", .. Enumerable.Range(0, 4_000).Select(i => $"+1212555{i:0000}")], Stop);
        var done = await TargetFile.SendAsync(slow.Socket, file, TargetReading.Usual, $"operator/v1{campaigns}/{made["id"]}",
            static _ => { }, Stop);
        Assert.Equal((4_000, 0, 0), (done.Added, done.Known, done.Skipped));
        // And to read the list again, page by page.
        Assert.Equal(4_000, (await slow.Socket.ListAsync($"operator/v1{campaigns}/{made["id"]}/targets", Stop)).Count);

        // A run goes on behind its import, to whatever stops it: here nobody leads calls anywhere.
        var run = await CommandRun.RunAsync("campaign", "run", "--contacts", file, "--message", "Hello.", "--from", "+15550100000",
            "--per-second", "50", "--data", slow.Node.Settings.Data);
        Assert.True(run.Exit == 1, run.Output + run.Errors);
        Assert.Contains("It stopped: ", run.Output, StringComparison.Ordinal);
    }
}
