namespace Ringwright.Edge.Telnyx;

/// <summary>What a search of the operator's stock is asked for, as programs write it.</summary>
public sealed class NumberSearchTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private const string Search = "/v2/available_phone_numbers";

    /// <summary>Puts five numbers of an area code into the stock.</summary>
    private async Task StockAsync(string code, string more = "")
    {
        var made = await host.SendAsync("POST", "/operator/v1/stock/actions/import",
            $$"""{"numbers":[{"first":"+1{{code}}5550100","last":"+1{{code}}5550104","country":"US"{{more}}}]}""", TelnyxHost.OperatorKey);
        Assert.True(made.Status == 200, made.Text);
        Assert.Equal(5, (int)made.Data["added"]!);
    }

    private async Task<string[]> FoundAsync(string query)
    {
        var found = await host.SendAsync("GET", $"{Search}?{query}");
        Assert.True(found.Status == 200, found.Text);
        return [.. found.List.Select(number => (string)number!["phone_number"]!)];
    }

    [Theory]
    [InlineData("801", "%2B")]
    [InlineData("802", "+")]
    public async Task A_beginning_may_be_written_as_the_number_is(string code, string plus)
    {
        await StockAsync(code);
        const string starts = "filter[phone_number][starts_with]", within = "filter[national_destination_code]";
        Assert.Equal(5, (await FoundAsync($"{starts}={plus}1{code}")).Length);
        Assert.Equal([$"+1{code}5550104"], await FoundAsync($"{starts}={plus}1{code}5550104"));
        Assert.Equal(5, (await FoundAsync($"{within}={code}&{starts}={plus}1{code}555")).Length);
        Assert.Empty(await FoundAsync($"{within}={code}&{starts}={plus}1555"));
        Assert.Empty(await FoundAsync($"{starts}={plus}"));
        // In the middle of a number is no plus.
        Assert.Empty(await FoundAsync($"filter[phone_number][contains]={plus}1{code}"));
    }

    [Fact]
    public async Task Whether_one_number_is_there_is_asked_by_the_number()
    {
        await StockAsync("805");
        Assert.Equal(["+18055550103"], await FoundAsync("filter[phone_number]=%2B18055550103&filter[limit]=1"));
        Assert.Empty(await FoundAsync("filter[phone_number]=%2B18055550199"));
        var ordered = await host.SendAsync("POST", "/v2/number_orders", """{"phone_numbers":[{"phone_number":"+18055550103"}]}""");
        Assert.True(ordered.Status == 200, ordered.Text);
        Assert.Empty(await FoundAsync("filter[phone_number]=%2B18055550103"));
    }

    [Fact]
    public async Task The_country_may_be_said_as_one_of_the_number()
    {
        await StockAsync("804");
        const string country = "filter[phone_number][country_code]", within = "filter[national_destination_code]=804";
        Assert.Equal(5, (await FoundAsync($"{country}=us&{within}")).Length);
        var refused = await host.SendAsync("GET", $"{Search}?{country}=SE&{within}");
        refused.Refuses(400, "10031");
        Assert.Equal("There are no numbers of SE here.", (string?)refused.Error["detail"]);
    }

    [Fact]
    public async Task The_area_code_may_be_called_so()
    {
        await StockAsync("808", ",\"features\":[\"voice\",\"sms\"]");
        const string asked = "filter[area_code]=808&filter[features][]=sms&filter[features][]=voice&filter[limit]=5";
        string[] found = await FoundAsync(asked);
        Assert.Equal(5, found.Length);
        Assert.All(found, number => Assert.StartsWith("+1808", number, StringComparison.Ordinal));
        Assert.Equal(found, await FoundAsync("filter[country_iso]=US&filter[area_code]=808&filter[features]=sms,voice&filter[limit]=20"));
    }

    [Fact]
    public async Task State_and_city_may_be_called_so()
    {
        await StockAsync("607", ",\"administrative_area\":\"NY\",\"locality\":\"ITHACA\"");
        await StockAsync("419", ",\"administrative_area\":\"OH\",\"locality\":\"TOLEDO\"");
        foreach (string asked in (string[])["filter[state]=NY", "filter[city]=Ithaca", "filter[state]=ny&filter[city]=Ithaca"])
        {
            string[] found = await FoundAsync($"filter[country_code]=US&{asked}&filter[limit]=10");
            Assert.Equal(5, found.Length);
            Assert.All(found, number => Assert.StartsWith("+1607", number, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Filters_that_nobody_has_filled_in_or_switched_on_ask_for_nothing()
    {
        await StockAsync("806", ",\"administrative_area\":\"TX\",\"features\":[\"voice\",\"sms\"]");
        // As a builder of workflows sends it: every field that it knows, and features as JSON has them.
        const string form = "filter[phone_number][starts_with]=&filter[phone_number][ends_with]=&filter[phone_number][contains]="
            + "&filter[locality]=&filter[administrative_area]=TX&filter[country_code]=US&filter[national_destination_code]="
            + "&filter[rate_center]=&filter[number_type]=local&filter[features]=%22voice,sms%22&filter[limit]=100"
            + "&filter[best_effort]=false&filter[quickship]=false&filter[reservable]=false";
        Assert.Equal(5, (await FoundAsync(form)).Length);
        Assert.Equal(5, (await FoundAsync("filter[country_code]=&filter[administrative_area]=TX&filter[features]=[%22sms%22,%22voice%22]"))
            .Length);
        Assert.Empty(await FoundAsync("filter[administrative_area]=TX&filter[features]=%22voice,fax%22"));
        // Numbers that work at once are what this is about, and only some toll-free ones do not.
        Assert.Equal(5, (await FoundAsync("filter[administrative_area]=TX&filter[quickship]=true")).Length);
        // Who asks for a number and has none is not shown others.
        Assert.Empty(await FoundAsync("filter[administrative_area]=TX&filter[phone_number]="));
    }

    [Theory]
    [InlineData("filter[national_destination_code]=803", "+18435550100")]
    [InlineData("filter[locality]=Columbia", "+18435550100")]
    [InlineData("filter[phone_number][starts_with]=%2B1803", "+18435550100")]
    [InlineData("filter[phone_number][starts_with]=803555", "+18435550100")]
    [InlineData("filter[phone_number][starts_with]=8645559", "+18645550100")]       // none of these, but some of the area code
    public async Task What_is_sold_out_is_made_up_from_its_state(string asked, string first)
    {
        // Whichever of these cases comes first brings the numbers.
        await host.SendAsync("POST", "/operator/v1/stock/actions/import", """
            {"numbers":[{"phone_number":"+18035550100","country":"US","administrative_area":"SC","locality":"Columbia"},
                {"phone_number":"+18435550100","country":"US","administrative_area":"SC"},
                {"phone_number":"+18645550100","country":"US","administrative_area":"SC"}]}
            """, TelnyxHost.OperatorKey);
        await host.SendAsync("POST", "/operator/v1/stock/%2B18035550100/actions/withdraw", key: TelnyxHost.OperatorKey);
        Assert.Empty(await FoundAsync(asked));
        var found = await host.SendAsync("GET", $"{Search}?{asked}&filter[best_effort]=true&filter[limit]=1");
        Assert.True(found.Status == 200, found.Text);
        Assert.Equal((first, true), ((string?)found.List[0]!["phone_number"], (bool)found.List[0]!["best_effort"]!));
        Assert.Equal(1, (int)found.Body["meta"]!["best_effort_results"]!);
    }
}
