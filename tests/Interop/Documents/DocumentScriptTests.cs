namespace Ringwright.Interop.Documents;

/// <summary>How what was printed is compared with what a page says.</summary>
public sealed class DocumentScriptTests
{
    [Theory]
    [InlineData("     60/60  Gerda    +15550000000  try 1  answered", "60/60 Gerda +15550000000 try 2 answered", true)]
    [InlineData("     60/60  Gerda    +15550000000  try 1  answered", "60/60 Gerda +15550000001 try 2 answered", false)]
    [InlineData("leg 6e2fd84c-b9c1-11f0-9c2e-0242ac110002 inbound: …", "leg 01a1faf0-b034-729a-9326-bf050f2c1f08 inbound: +4930123", true)]
    [InlineData("carrier answered 200: it is there", "carrier did not answer", false)]
    public void What_differs_from_run_to_run_may_differ(string written, string printed, bool fits) =>
        Assert.Equal(fits, System.Text.RegularExpressions.Regex.IsMatch(printed,
            DocumentScript.Pattern(written).Replace("[[:space:]]", @"\s", StringComparison.Ordinal)));
}
