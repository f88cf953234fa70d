using Ringwright.Testing;

namespace Ringwright.Http.Tests;

public sealed class ContractFacts
{
    private static Contract Contract => TelnyxFiles.Contract;

    [Fact]
    public void There_are_822_operations()
    {
        Assert.Equal(822, Contract.Operations.Count);
        Assert.Equal(822, Contract.Operations.Select(o => o.Id).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(822, Contract.Operations.Select(o => o.ToString()).Distinct(StringComparer.Ordinal).Count());
    }

    [Theory]
    [InlineData("GET", 386), InlineData("POST", 266), InlineData("DELETE", 92), InlineData("PATCH", 54),
        InlineData("PUT", 22), InlineData("HEAD", 2)]
    public void Each_method_has_its_count(string method, int count) =>
        Assert.Equal(count, Contract.Operations.Count(o => o.Method == method));

    [Fact]
    public void There_are_64_webhook_events() => Assert.Equal(64, Contract.Events.Count);

    [Fact]
    public void There_are_135_families() =>
        Assert.Equal(135, Contract.Operations.Select(o => o.Family).Distinct(StringComparer.Ordinal).Count());

    [Fact]
    public void All_shared_schemas_are_compiled() => Assert.Equal(1261, Contract.Schemas.Count);

    [Fact]
    public void Ten_operations_belong_to_the_storage_listener_and_two_to_the_root_of_the_host()
    {
        Assert.Equal(10, Contract.Operations.Count(o => o.Place is OperationPlace.Storage));
        Assert.Equal(2, Contract.Operations.Count(o => o.Place is OperationPlace.Host));
    }

    [Fact]
    public void Ten_operations_are_public_and_the_token_endpoint_takes_its_credentials_in_the_body() =>
        Assert.Equal(11, Contract.Operations.Count(o => o.IsPublic));

    [Fact]
    public void The_list_of_operations_agrees_with_the_contract()
    {
        var rows = Rows.Of(TelnyxFiles.Text("operations.tsv"), "family", "method", "path", "operation", "success", "body").ToList();
        Assert.Equal(Contract.Operations.Select(o => (o.Id, o.Method, o.Path, o.Family)), rows.Select(r => (r[3], r[1], r[2], r[0])));
        foreach (var row in rows)
            Assert.Equal(row[4], string.Join(',', TelnyxFiles.Operation(row[3]).Replies.Select(r => r.Status)));
    }

    [Fact]
    public void Statuses_come_from_the_contract()
    {
        Assert.Equal(201, TelnyxFiles.Operation("CreateCallControlApplication").SuccessStatus);
        Assert.Equal(200, TelnyxFiles.Operation("CreateVoiceProfile").SuccessStatus);
        Assert.Equal(200, TelnyxFiles.Operation("DialCall").SuccessStatus);
    }

    [Fact]
    public void Every_field_code_is_in_the_error_catalogue()
    {
        foreach (var operation in Contract.Operations)
            foreach (var code in operation.FieldCodes.Values)
                Assert.NotNull(TelnyxFiles.Errors.Find(code));
    }

    [Fact]
    public void Error_codes_are_digits_with_a_title_and_an_error_status()
    {
        foreach (var entry in TelnyxFiles.Errors.Entries)
        {
            Assert.True(entry.Code.All(char.IsAsciiDigit), entry.Code);
            Assert.NotEmpty(entry.Title);
            Assert.InRange(entry.Status, 400, 599);
        }
    }

    [Theory]
    [InlineData(Fault.UnknownPath, "10005", 404), InlineData(Fault.MethodNotAllowed, "10030", 405),
        InlineData(Fault.Unauthenticated, "10009", 401)]
    [InlineData(Fault.TooManyRequests, "10011", 429), InlineData(Fault.UnsupportedMediaType, "10014", 415),
        InlineData(Fault.BadJson, "10023", 400)]
    [InlineData(Fault.BadFilter, "10031", 400), InlineData(Fault.BadSort, "10018", 400), InlineData(Fault.BadPage, "10015", 422),
        InlineData(Fault.NotInEnum, "10032", 422)]
    public void Faults_have_the_codes_of_the_contract(Fault fault, string code, int status)
    {
        var problem = TelnyxFiles.Errors.Problem(fault);
        Assert.Equal(code, problem.Code);
        Assert.Equal(status, TelnyxFiles.Errors.StatusOf(problem));
    }

    [Fact]
    public void New_applications_default_to_version_2_envelopes() =>
        Assert.Equal("2", Contract.Schemas.Find("CreateCallControlApplicationRequest")!.FindProperty("webhook_api_version")!.Default!
            .GetValue<string>());

    [Fact]
    public void Another_default_of_a_field_leaves_the_schema_that_it_shares_alone()
    {
        Assert.Equal("", Contract.Schemas.Find("UpdateFqdnConnectionRequest")!
            .FindProperty("webhook_event_url")!.Default!.GetValue<string>());
        Assert.Null(Contract.Schemas.Find("WebhookEventUrl")!.Default);
    }

    [Fact]
    public void A_default_of_the_text_null_means_none()
    {
        var page = TelnyxFiles.Operation("ListCallControlApplications").FindQuery("page")!;
        Assert.Null(page.Schema.FindProperty("after")!.Default);
    }

    [Fact]
    public void Every_alias_stands_for_a_path_of_the_contract()
    {
        Assert.NotEmpty(Contract.Aliases);
        foreach (var alias in Contract.Aliases)
            Assert.Contains(Contract.Operations, alias.Includes);
    }

    [Fact]
    public void An_operation_may_be_asked_for_by_another_method_that_nobody_has_there()
    {
        var alias = Assert.Single(Contract.Aliases, alias => alias.AskedBy is not null);
        Assert.Equal(("/ai/assistants/{assistant_id}", "PATCH", "POST"), (alias.Path, alias.AskedBy, alias.Method));
        Assert.DoesNotContain(Contract.Operations.Concat(Contract.Extensions), o => o.Path == alias.Path && o.Method == alias.AskedBy);
    }

    [Fact]
    public void The_contract_holds_no_prose()
    {
        var text = File.ReadAllText(Repository.PathOf("contracts", "telnyx", "contract.json"));
        foreach (var word in (string[])["description", "summary", "title", "externalDocs"])
            Assert.DoesNotContain($"\"{word}\":\"", text, StringComparison.Ordinal);
    }
}
