using System.Text;
using Ringwright.Server;
using Ringwright.Server.Cli;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

public sealed class NumbersFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Write(string text)
    {
        string file = _folder.File("numbers.csv");
        File.WriteAllText(file, text);
        return file;
    }

    private string RefusalOf(string text)
    {
        string file = Write(text);
        return Assert.Throws<StartRefused>(() => NumbersCommand.Read(file)).Message;
    }

    [Fact]
    public void Columns_are_found_by_name_in_any_order_and_case()
    {
        var numbers = NumbersCommand.Read(Write("Tags,Connection,Number\nsales; berlin,123,+493012345\n,,+15550100001\n"));
        Assert.Equal("""[{"number":"\u002B493012345","connection":"123","tags":["sales","berlin"]},{"number":"\u002B15550100001","connection":"","tags":[]}]""",
            numbers.ToJsonString());
    }

    [Fact]
    public void The_names_that_the_API_has_for_the_columns_are_good_too()
    {
        var numbers = NumbersCommand.Read(Write("phone_number,connection_id\n+15550100001,123\n"));
        Assert.Equal("""[{"number":"\u002B15550100001","connection":"123","tags":[]}]""", numbers.ToJsonString());
    }

    [Fact]
    public void The_number_alone_is_enough() => Assert.Single(NumbersCommand.Read(Write("number\n+15550100001")));

    [Fact]
    public void A_file_is_read_in_the_letters_and_with_the_separators_of_spreadsheets()
    {
        string file = WriteLatin("sep=;\r\nNumber;Tags;\r\n+15550100001;\"Zürich; sales\";\r\n;;\r\n");
        Assert.Equal("""[{"number":"\u002B15550100001","connection":null,"tags":["Z\u00FCrich","sales"]}]""",
            NumbersCommand.Read(file).ToJsonString());
    }

    [Fact]
    public void Numbers_for_the_stock_are_read_so_too()
    {
        string file = WriteLatin("first;last;locality;features;country;\r\n+41445550100;+41445550109;Zürich;\"voice;sms\"\r\n;;;;;\r\n");
        var line = Assert.Single(StockCommand.Read(file))!;
        Assert.Equal(("+41445550100", "Zürich", null), ((string?)line["first"], (string?)line["locality"], (string?)line["country"]));
        Assert.Equal(["voice", "sms"], line["features"]!.AsArray().Select(feature => (string?)feature));
        Assert.Contains("'colour' is no column", Assert.Throws<StartRefused>(() =>
            StockCommand.Read(WriteLatin("first;colour\r\n+41445550100;red\r\n"))).Message, StringComparison.Ordinal);
    }

    /// <summary>As older spreadsheets do.</summary>
    private string WriteLatin(string text)
    {
        string file = _folder.File("latin.csv");
        File.WriteAllBytes(file, CodePagesEncodingProvider.Instance.GetEncoding(1252)!.GetBytes(text));
        return file;
    }

    [Fact]
    public void A_file_without_a_head_line_is_refused() =>
        Assert.Contains("first line", RefusalOf("+15550100001\n+15550100002\n"), StringComparison.Ordinal);

    [Fact]
    public void Wrong_and_repeated_numbers_are_named_by_line_and_nothing_is_imported()
    {
        string sentence = RefusalOf("number\n+15550100001\n030 12345\n+15550100001\n");
        Assert.Contains("2 lines are wrong", sentence, StringComparison.Ordinal);
        Assert.Contains("line 3: '030 12345'", sentence, StringComparison.Ordinal);
        Assert.Contains("line 4: +15550100001", sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_one_sentence() =>
        Assert.DoesNotContain('\n', Assert.Throws<StartRefused>(() => NumbersCommand.Read(_folder.File("none.csv"))).Message);
}
