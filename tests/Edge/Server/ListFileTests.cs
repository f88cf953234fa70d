using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Server;
using Ringwright.Server.Cli;
using Ringwright.Server.Operating;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary>Files of lists as spreadsheets and people write them, before anything is sent.</summary>
public sealed class ListFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string FileOf(byte[] bytes)
    {
        string file = Path.Combine(_folder.Path, "list.csv");
        File.WriteAllBytes(file, bytes);
        return file;
    }

    private string FileOf(string text, Encoding? encoding = null)
    {
        var letters = encoding ?? new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        return FileOf([.. letters.GetPreamble(), .. letters.GetBytes(text)]);
    }

    private static ListFile Open(string file) => ListFile.Open(file, static name => name, "phone", 50);

    private List<(int Line, string Phone, string Name)> RowsOf(string text, Encoding? encoding = null)
    {
        using var file = Open(FileOf(text, encoding));
        var rows = new List<(int, string, string)>();
        while (file.Read()) rows.Add((file.Line, file.Get("phone"), file.Get("name")));
        return rows;
    }

    private string Refused(string text) =>
        Assert.Throws<StartRefused>(() => TargetFile.Check(FileOf(text), TargetReading.Usual)).Message;

    [Theory]
    [InlineData("utf-8", false), InlineData("utf-16", false), InlineData("utf-16BE", false), InlineData("Windows-1252", true)]
    public void A_file_is_read_in_the_letters_that_it_is_written_in(string name, bool isLatin)
    {
        var encoding = isLatin ? CodePagesEncodingProvider.Instance.GetEncoding(1252)! : Encoding.GetEncoding(name);
        // More than is looked at in one piece.
        string text = "phone;name\r\n" + string.Concat(Enumerable.Repeat("+12125550100;Zoë\r\n", 6_000));
        Assert.Equal(6_000, RowsOf(text, encoding).Count(row => row is (_, "+12125550100", "Zoë")));
        using var file = Open(FileOf(text, encoding));
        Assert.Equal(isLatin, file.Done.IsLatin);
    }

    [Theory]
    [InlineData("phone,name\n+1,a\n+2,\n"), InlineData("phone,name\r\n+1,a\r\n\r\n , \r\n,,\r\n+2,b"), InlineData("phone")]
    [InlineData("phone;name\r+1;a\r;\r  \r+2;b\r\r"), InlineData("sep=;\nphone;name\n+1;a\n"), InlineData("\n\nphone,name\n\t\n,+1\n")]
    [InlineData("phone,name\n\"+1\",\"a\nb\"\n+2,c\n"), InlineData("phone,name\n+1,\"\"\n,\"\"\n"), InlineData("phone\tname\n\t\n \t+1\n")]
    public void Rows_are_counted_as_they_are_read(string text)
    {
        foreach (var encoding in (Encoding[])[Encoding.UTF8, Encoding.Unicode, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)])
        {
            int rows = RowsOf(text, encoding).Count;
            using var file = Open(FileOf(text, encoding));
            Assert.Equal(rows, file.Count());
        }
    }

    [Fact]
    public void Rows_are_counted_over_the_ends_of_what_is_read_at_once()
    {
        // Blocks end in cells, between lines, and between the two letters that end one.
        for (int first = 32_740; first < 32_775; first++)
        {
            string text = "phone,name\r\n" + string.Concat(Enumerable.Repeat("+1,\r\n", 10)) + "+2," + new string('x', first)
                + "\r\n,\r\n+3,y\r\n";
            using var file = Open(FileOf(text));
            Assert.Equal(12, file.Count());
        }
    }

    [Fact]
    public void Utf_8_without_a_mark_is_read_as_such() => Assert.Equal([(2, "+1", "Zoë")], RowsOf("phone,name\n+1,Zoë\n"));

    [Theory, InlineData(','), InlineData(';'), InlineData('\t'), InlineData('|')]
    public void What_separates_the_names_separates_the_cells(char separator) => Assert.Equal([(2, "+1", "a, b; c"), (4, "+2", "")],
        RowsOf(string.Join(separator, "Name", "Phone") + "\n" + string.Join(separator, "\"a, b; c\"", "+1") + "\n"
            + separator + "\n" + string.Join(separator, "", "+2")));

    [Theory, InlineData(','), InlineData(';'), InlineData('\t'), InlineData('|')]
    public void A_line_that_says_what_separates_cells_is_none_of_names(char separator) => Assert.Equal([(3, "+1", "Ann")],
        RowsOf($"sep={separator}\r\nPhone{separator}Name\r\n+1{separator}Ann\r\n"));

    [Fact]
    public void A_row_with_a_quote_that_stands_alone_is_told_and_the_others_are_read()
    {
        using var file = Open(FileOf("phone,name\n+1,Joe \"the man\" Smith\n+2,\"a \"\"b\"\"\"\n+3,\"Ann\"x\n"));
        var bad = new List<(int, bool)>();
        while (file.Read()) bad.Add((file.Line, file.IsBadlyQuoted));
        Assert.Equal([(2, true), (3, false), (4, true)], bad);
    }

    [Fact]
    public void A_workbook_is_told_to_be_saved_as_csv()
    {
        string said = Assert.Throws<StartRefused>(() => Open(FileOf((byte[])[(byte)'P', (byte)'K', 3, 4, 20]))).Message;
        Assert.Contains("it is a workbook (such as .xlsx, .xls or .ods) and no CSV: save it as CSV", said, StringComparison.Ordinal);
        Assert.Contains("packed by gzip", Assert.Throws<StartRefused>(() => Open(FileOf((byte[])[0x1F, 0x8B, 8, 0]))).Message,
            StringComparison.Ordinal);
        string workbook = FileOf((byte[])[0xD0, 0xCF, 0x11, 0xE0, 0xA1]);
        Assert.Contains("is a workbook", Assert.Throws<StartRefused>(() => TableFile.TextOf(workbook)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_mark_before_the_names_is_no_part_of_them()
    {
        foreach (var encoding in (Encoding[])[new UTF8Encoding(encoderShouldEmitUTF8Identifier: true), Encoding.Unicode])
            Assert.Equal([(2, "+1", "a")], RowsOf("\uFEFF\"phone\",name\n+1,a\n", encoding));
    }

    [Fact]
    public void A_cell_that_a_spreadsheet_is_told_to_leave_as_it_is_is_what_stands_in_it()
    {
        using var file = Open(FileOf("phone,name\n=\"+12125550101\", =\"007\" \n\"=\"\"+12125550102\"\"\",=1+1\n"));
        var rows = new List<(string, string, bool)>();
        while (file.Read()) rows.Add((file.Get("phone"), file.Get("name"), file.IsBadlyQuoted));
        Assert.Equal([("+12125550101", "007", false), ("+12125550102", "=1+1", false)], rows);
    }

    [Fact]
    public void A_row_with_more_cells_than_there_are_columns_is_told()
    {
        using var file = Open(FileOf("phone,company\n+1,Acme, Inc.\n+2,\"Acme, Inc.\"\n+3,Acme,,\n"));
        var more = new List<(int, bool)>();
        while (file.Read()) more.Add((file.Line, file.HasMoreCells));
        Assert.Equal([(2, true), (3, false), (4, false)], more);
    }

    [Theory]
    [InlineData("First Name,Phone Number,Mobile Phone"), InlineData("First Name,Office Phone,Fax"), InlineData("Name,Mobile,Office Phone")]
    [InlineData("FirstName,MobilePhone,Fax"), InlineData("FirstName,PhoneNumber,HomePhone")]
    public void The_number_is_known_by_the_name_that_another_program_has_for_it(string names)
    {
        using var file = Open(FileOf(names + "\nAnna,+12125550101,+12125550102\n"));
        Assert.True(file.Read());
        Assert.Equal("+12125550101", file.Get("phone"));
    }

    [Fact]
    public void Of_several_columns_that_may_be_the_number_none_is_guessed() => Assert.Contains(
        "several columns may be the number: 'mobile', 'phone number'; call one of them phone",
        Refused("Mobile,Phone Number\n+12125550101,+12125550102\n"), StringComparison.Ordinal);

    [Fact]
    public void What_is_no_list_is_refused_as_a_whole_and_says_where()
    {
        Assert.Contains("the first line must name the columns", Refused(""), StringComparison.Ordinal);
        Assert.Contains("the first line must name the columns", Refused("name\nAnna\n"), StringComparison.Ordinal);
        Assert.Contains("it is a web page or XML", Refused("<!DOCTYPE html>\n<table><tr><td>phone</td></tr>\n"), StringComparison.Ordinal);
        Assert.Contains("line 1 has a number where the names", Refused("+12125550100,Anna\n+12125550101,Bert\n"), StringComparison.Ordinal);
        Assert.Contains("line 1 has two columns for phone", Refused("phone,Number\n+12125550100,+12125550101\n"), StringComparison.Ordinal);
        Assert.Contains("line 1 has two columns for due", Refused("phone,Due,due\n+12125550100,1,2\n"), StringComparison.Ordinal);
        Assert.Contains("a quote is not closed; nothing was imported",
            Refused("phone,name\n+12125550100,\"Anna\n+12125550101,Bert\n"), StringComparison.Ordinal);
        Assert.Contains("a cell has more than 65536 characters",
            Refused("phone,name\n+12125550100," + new string('x', 70_000) + "\n"), StringComparison.Ordinal);
        Assert.Contains("is no text", Refused("phone\n+1212\0\n"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_of_nothing_but_numbers_needs_no_names_where_it_may_lack_them()
    {
        string unnamed = FileOf("2125550100,Anna\n");
        Assert.Contains("has a number where the names", Assert.Throws<StartRefused>(() => ListFile.Open(unnamed,
            static name => name, "number", 50, mayLackNames: true)).Message, StringComparison.Ordinal);
        string file = FileOf("\r\n2125550100\r\n\r\n(212) 555-0101");
        Assert.Contains("has a number where the names", Assert.Throws<StartRefused>(() => Open(file)).Message, StringComparison.Ordinal);
        using var list = ListFile.Open(file, static name => name, "number", 50, mayLackNames: true);
        Assert.Equal(2, list.Count());
        var numbers = new List<string>();
        while (list.Read()) numbers.Add(list.Get("number"));
        Assert.Equal(["2125550100", "(212) 555-0101"], numbers);
    }

    [Fact]
    public void A_column_that_is_mapped_must_be_there()
    {
        string file = FileOf("Mobile;Old\n+12125550100;1\n");
        var reading = new TargetReading { Columns = new Dictionary<string, string> { ["mobile"] = "phone", ["old"] = "" } };
        Assert.Equal(1, TargetFile.Check(file, reading));
        reading = reading with { Columns = new Dictionary<string, string> { ["mobile"] = "phone", ["cell"] = "" } };
        string said = Assert.Throws<StartRefused>(() => TargetFile.Check(file, reading)).Message;
        Assert.Contains("no column 'cell'", said, StringComparison.Ordinal);
    }

    /// <summary>As <c>&lt;(zcat list.csv.gz)</c>, or the standard input.</summary>
    [Fact]
    public async Task A_list_that_comes_through_a_pipe_is_read_as_often_as_need_be()
    {
        var stop = TestContext.Current.CancellationToken;
        string file = FileOf("phone,name\n+12125550101,Anna\n+12125550102,Bert\n"), pipe = Path.Combine(_folder.Path, "pipe");
        using (var made = Process.Start("mkfifo", [pipe])) await made.WaitForExitAsync(stop);
        using var writer = Process.Start(new ProcessStartInfo("sh", ["-c", "cat \"$0\" > \"$1\"", file, pipe]))!; // there is a shell
        string place;
        using (var list = KeptList.Of(pipe))
        {
            place = list.Place;
            Assert.Equal((2, 2), (list.Check(TargetReading.Usual), list.Check(TargetReading.Usual)));
            var wrong = TargetReading.Usual with { Columns = new Dictionary<string, string> { ["cell"] = "" } };
            Assert.Equal($"{pipe} has no column 'cell'", Assert.Throws<StartRefused>(() => list.Check(wrong)).Message);
        }
        Assert.False(File.Exists(place));

        using (var list = KeptList.Of(file)) Assert.Equal(file, list.Place);
        Assert.True(File.Exists(file));
        Assert.Contains("nothing was imported", Assert.Throws<StartRefused>(() => KeptList.Of(file + ".gone")).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Results_have_no_formulas()
    {
        string text = AttemptFile.Head + AttemptFile.Lines(
        [
            new JsonObject { ["phone_number"] = "+12125550100", ["from"] = "=cmd|' /C calc'!A0", ["try"] = 1, ["reason"] = "@SUM(A1)" },
        ]);
        Assert.Equal("phone_number,from,try,state,result,reason,at,ended_at,talk_seconds,call\r\n"
            + "+12125550100,'=cmd|' /C calc'!A0,1,,,'@SUM(A1),,,,\r\n", text);
    }

    [Theory]
    [InlineData("mon-wed,fri,09:00-20:00", "mon tue wed fri 09:00 20:00"), InlineData("Sat-Mon,10:00-12:30", "sat sun mon 10:00 12:30")]
    [InlineData("sun, 10:00-12:30", "sun 10:00 12:30")]
    [InlineData("09:00-20:00", null), InlineData("mon", null), InlineData("someday,09:00-20:00", null), InlineData("mon,9-20", null)]
    [InlineData("mon-tue-wed,09:00-20:00", null), InlineData("mon,09:00", null), InlineData("", null)]
    public void A_window_is_days_and_hours(string text, string? window)
    {
        var read = CampaignRuleOptions.Window(text);
        Assert.Equal(window, read is null ? null
            : $"{string.Join(' ', read["days"]!.AsArray().Select(day => (string)day!))} {read["start"]} {read["end"]}");
    }
}
