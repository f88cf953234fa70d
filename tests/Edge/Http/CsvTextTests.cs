using System.Text;
using Ringwright.Http;

namespace Ringwright.Edge.Http;

public sealed class CsvTextTests
{
    private static string Cell(string text) => Encoding.UTF8.GetString(CsvText.Write(["name"], [[text]]))["name\r\n".Length..^2];

    [Theory]
    [InlineData("=1+1", "'=1+1"), InlineData("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"), InlineData("-2+3", "'-2+3"),
        InlineData("@SUM(A1)", "'@SUM(A1)"), InlineData("+1", "'+1"), InlineData("-", "'-"), InlineData("+", "'+")]
    [InlineData("\t=1+1", "'\t=1+1"), InlineData("\r=1", "\"'\r=1\""), InlineData("\n=1", "\"'\n=1\""), InlineData(" =1+1", "' =1+1"),
        InlineData("\uFEFF=1", "'\uFEFF=1"), InlineData("＝1+1", "'＝1+1"), InlineData("−1+1", "'−1+1")]
    [InlineData("=1,\"2\"", "\"'=1,\"\"2\"\"\"")]
    public void A_name_that_a_spreadsheet_would_run_is_text(string name, string cell) => Assert.Equal(cell, Cell(name));

    [Theory]
    [InlineData("+15550100000"), InlineData("-0.0045"), InlineData("-12"), InlineData("0.5"), InlineData("Anna"), InlineData("a=b"),
        InlineData("sip:anna@example.com"), InlineData("")]
    public void Numbers_and_amounts_are_data(string text) => Assert.Equal(text, Cell(text));
}
