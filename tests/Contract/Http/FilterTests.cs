using Ringwright.Store.Resources;
using Ringwright.Telnyx;

namespace Ringwright.Http.Tests;

public sealed class FilterTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 7, 15, 0, 0, TimeSpan.Zero);     // a Wednesday

    private static (ListRequest List, Problem? Problem) Read(string operation, string query, ResourceKind? kind = null) =>
        QueryReader.Read(TelnyxFiles.WithRules(operation), TelnyxForm.Form, TelnyxFiles.Errors, QueryValues.Parse("?" + query), kind, Now);

    private static ResourceFilter One(string operation, string query, ResourceKind? kind = null)
    {
        var (list, problem) = Read(operation, query, kind);
        Assert.Null(problem);
        return Assert.Single(list.Filters);
    }

    private static void Same(ResourceFilter filter, string path, string @operator, params string[] values)
    {
        Assert.Equal((path, @operator), (filter.Path, filter.Operator));
        Assert.Equal(values, filter.Values);
    }

    [Fact]
    public void A_plain_filter_means_equal() => Same(One("ListPhoneNumbers", "filter[status]=active"), "status", "eq", "active");

    [Fact]
    public void A_name_may_have_dots_and_an_operator() =>
        Same(One("ListPhoneNumbers", "filter[voice.connection_name][starts_with]=ab"), "voice.connection_name", "starts_with", "ab");

    [Fact]
    public void A_repeated_filter_and_a_comma_list_both_mean_any_of()
    {
        Same(One("ListPhoneNumbers", "filter[country_iso_alpha2][]=US&filter[country_iso_alpha2][]=CA"),
            "country_iso_alpha2", "in", "US", "CA");
        Same(One("ListPhoneNumbers", "filter[country_iso_alpha2][0]=US&filter[country_iso_alpha2][1]=CA"),
            "country_iso_alpha2", "in", "US", "CA");
        Same(One("ListPhoneNumbers", "filter[country_iso_alpha2]=US,CA"), "country_iso_alpha2", "in", "US", "CA");
        Same(One("ListPhoneNumbers", "filter[status][in]=active,deleted", new ResourceKind("phone_number")), "status",
            "in", "active", "deleted");
    }

    [Theory]
    [InlineData("filter[features][0]=sms&filter[features][1]=voice")]
    [InlineData("filter%5Bfeatures%5D%5B0%5D=sms&filter[features][]=voice")]
    public void The_values_of_a_list_may_have_numbers(string query) =>
        Same(One("ListAvailablePhoneNumbers", query), "features", "in", "sms", "voice");

    [Theory]
    [InlineData("true", "true"), InlineData("True", "true"), InlineData("1", "true")]
    [InlineData("false", "false"), InlineData("False", "false"), InlineData("0", "false")]
    public void Truths_are_read_as_each_language_writes_them(string written, string value) =>
        Same(One("ListAvailablePhoneNumbers", $"filter[best_effort]={written}"), "best_effort", "eq", value);

    [Theory, InlineData("yes"), InlineData("2"), InlineData("")]
    public void What_is_no_truth_is_refused(string written) =>
        Assert.Equal("10031", Read("ListAvailablePhoneNumbers", $"filter[best_effort]={written}").Problem?.Code);

    [Theory, InlineData("filter[country_code][]=US"), InlineData("filter[country_code][0]=US")]
    public void A_list_of_one_is_that_one_where_there_is_no_list(string query)
    {
        Same(One("ListAvailablePhoneNumbers", query), "country_code", "eq", "US");
        Assert.Equal("10031", Read("ListAvailablePhoneNumbers", query + "&filter[country_code][1]=CA").Problem?.Code);
        Same(One("ListAvailablePhoneNumbers", "filter[features][0]=sms&filter[features][1]=mms"), "features", "in", "sms", "mms");
    }

    [Fact]
    public void A_filter_is_known_by_the_name_and_the_words_that_it_had()
    {
        Same(One("ListAvailablePhoneNumbers", "filter[number_type]=toll-free"), "phone_number_type", "eq", "toll_free");
        Same(One("ListAvailablePhoneNumbers", "filter[phone_number_type]=local"), "phone_number_type", "eq", "local");
        Assert.Equal("number_type", One("ListPhoneNumbers", "filter[number_type]=local").Path);
        Same(One("ListAvailablePhoneNumbers", "filter[phone_number][country_code]=US"), "country_code", "eq", "US");
        Assert.Equal("10031", Read("ListPhoneNumbers", "filter[phone_number][country_code]=US").Problem?.Code);
        Same(One("ListAvailablePhoneNumbers", "filter[country_iso]=US"), "country_code", "eq", "US");
        Same(One("ListAvailablePhoneNumbers", "filter[area_code]=312"), "national_destination_code", "eq", "312");
        Same(One("ListCallEvents", "filter[call_session_id]=a"), "application_session_id", "eq", "a");
        Same(One("ListCallEvents", "filter[call_leg_id]=a"), "leg_id", "eq", "a");
        // Where the contract has the name it is that one.
        Assert.Equal("call_session_id", One("GetRecordings", "filter[call_session_id]=a").Path);
        foreach (string filter in (string[])["area_code]=312", "call_session_id]=a"])
            Assert.Equal("10031", Read("ListPhoneNumbers", "filter[" + filter).Problem?.Code);
        foreach (string filter in (string[])["number_type]=tollfree", "npa_nxx]=312555"])
            Assert.Equal("10031", Read("ListAvailablePhoneNumbers", "filter[" + filter).Problem?.Code);
    }

    [Fact]
    public void A_number_that_is_sought_by_its_parts_may_be_written_whole()
    {
        Same(One("ListAvailablePhoneNumbers", "filter[phone_number]=%2B13125550100"), "phone_number", "starts_with", "+13125550100");
        foreach (string filter in (string[])["phone_number][ne]=1", "phone_number][]=1", "features][starts_with]=s"])
            Assert.Equal("10031", Read("ListAvailablePhoneNumbers", "filter[" + filter).Problem?.Code);
    }

    [Theory]
    [InlineData("GetRecordings", "from", "13125550100", "+13125550100"), InlineData("GetRecordings", "to", "4930123456", "+4930123456")]
    [InlineData("SearchDetailRecords", "cld", "%2B1 (312) 555-0100", "+13125550100")]
    [InlineData("GetRecordings", "from", "12345", "12345"), InlineData("GetRecordings", "to", "sip:ada@example.com", "sip:ada@example.com")]
    public void A_number_is_sought_as_it_is_kept(string operation, string field, string written, string value) =>
        Same(One(operation, $"filter[{field}]={written}"), field, "eq", value);

    [Theory]
    [InlineData("GetRecordings", "start_time"), InlineData("GetRecordings", "end_time"),
        InlineData("getRecordingTranscriptions", "created_at")]
    public void A_moment_that_newer_clients_look_for_is_sought_by_its_ends(string operation, string field)
    {
        Same(One(operation, $"filter[{field}][gte]=2026-01-01T00:00:00Z"), field, "gte", "2026-01-01T00:00:00Z");
        foreach (string wrong in (string[])["=2026-01-01", "[gt]=2026-01-01", "[contains]=2026", "[lte]=soon"])
            Assert.Equal("10031", Read(operation, $"filter[{field}]{wrong}").Problem?.Code);
    }

    [Fact]
    public void A_comma_in_a_value_that_is_no_list_stays() =>
        Same(One("ListPhoneNumbers", "filter[customer_reference]=a,b"), "customer_reference", "eq", "a,b");

    [Fact]
    public void One_family_spells_the_operators_without_an_underscore() =>
        Same(One("ListAccessIpRanges", "filter[cidr_block][startswith]=10."), "cidr_block", "starts_with", "10.");

    [Theory]
    [InlineData("from]=%2B15550100000", null), InlineData("created_at][gte]=2026-01-01", null),
        InlineData("created_at][lte]=2026-01-01", null), InlineData("from][]=a", null)]
    [InlineData("from][contains]=555", "10031"), InlineData("from][in]=a,b", "10031"),
        InlineData("from][]=a&filter[from][]=b", "10031"), InlineData("created_at][]=2026-01-01", "10031")]
    [InlineData("created_at][gt]=2026-01-01", "10031"), InlineData("created_at]=2026-01-01", "10031"),
        InlineData("created_at][eq]=2026-01-01", "10031")]
    public void A_list_without_a_kind_has_the_operators_of_the_contract_alone(string filter, string? code)
    {
        Assert.Equal(code, Read("GetRecordings", $"filter[{filter}").Problem?.Code);
        Assert.Null(Read("GetRecordings", $"filter[{filter}", new ResourceKind("recording")).Problem);
    }

    [Theory]
    [InlineData("ListPortingOrders", "status", "portability_status", "customer_reference"),
        InlineData("ListPortingPhoneNumbers", "support_key", "porting_order_status")]
    [InlineData("ListVerificationCodes", "phone_number", "verified"),
        InlineData("ListPhoneNumberConfigurations", "support_key", "user_bundle_id")]
    public void A_filter_that_the_contract_declares_twice_has_the_fields_of_both(string operation, params string[] fields)
    {
        var filter = Assert.Single(TelnyxFiles.Operation(operation).Parameters, p => p.Name == "filter");
        Assert.All(fields, field => Assert.NotNull(filter.Schema.FindProperty(field)));
    }

    [Fact]
    public void Nothing_is_declared_twice() =>
        Assert.DoesNotContain(TelnyxFiles.Contract.Operations,
            o => o.Parameters.GroupBy(p => (p.Name, p.In)).Any(same => same.Count() > 1));

    [Fact]
    public void The_filters_of_the_kind_are_legal_too_and_its_paths_rename()
    {
        var kind = new ResourceKind("phone_number") { Filterable = ["mood"], Paths = new Dictionary<string, string> { ["tag"] = "tags" } };
        Same(One("ListPhoneNumbers", "filter[mood]=good", kind), "mood", "eq", "good");
        Same(One("ListPhoneNumbers", "filter[tag]=x", kind), "tags", "eq", "x");
        Assert.Equal("10031", Read("ListPhoneNumbers", "filter[mood]=good").Problem!.Code);
    }

    [Theory]
    [InlineData("filter[created_at][gte]=2026-01-01T00:00:00Z", null), InlineData("filter[created_at][gte]=today", null),
        InlineData("filter[created_at][gte]=last_7_days", null), InlineData("filter[created_at][gte]=last_24_hours", null)]
    [InlineData("filter[created_at][gte]=last_0_hours", "10031"), InlineData("filter[created_at][gte]=last_hours", "10031")]
    [InlineData("filter[created_at][gte]=soon", "10031")]
    public void Dates_are_dates_or_words(string query, string? code) =>
        Assert.Equal(code, Read("ListAccessIpAddresses", query).Problem?.Code);

    [Theory]
    [InlineData("ListPhoneNumbers", "phone_number=%2B13125550100", "filter[phone_number]")]
    [InlineData("ListPhoneNumbers", "page[size]=5&status=active", "filter[status]")]
    [InlineData("ListPhoneNumbers", "voice.connection_name%5Bcontains%5D=ab", "filter[voice.connection_name][contains]")]
    [InlineData("ListPhoneNumbers", "country_iso_alpha2[]=US", "filter[country_iso_alpha2][]")]
    [InlineData("ListMessagingProfiles", "name=Texts", "filter[name]")]
    [InlineData("SearchDetailRecords", "record_type=amd", "filter[record_type]")]
    public void A_filter_outside_of_its_brackets_is_refused_with_the_way_to_write_it(string operation, string query, string written)
    {
        var problem = Read(operation, query).Problem;
        Assert.Equal("10031", problem?.Code);
        Assert.EndsWith($" must be written {written}.", problem?.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ListPhoneNumbers", "colour=red"), InlineData("ListPhoneNumbers", "page[number]=1&sort=phone_number")]
    [InlineData("ListOptOuts", "created_at[gte]=2026-01-01T00:00:00Z"), InlineData("SlimListPhoneNumbers", "include_tags=true")]
    [InlineData("SearchDetailRecords", "filter[record_type]=amd&colour=red")]
    public void What_is_a_parameter_or_nothing_is_not_told_to_have_brackets(string operation, string query) =>
        Assert.Null(Read(operation, query).Problem);

    [Fact]
    public void A_filter_of_the_kind_has_brackets_too()
    {
        var kind = new ResourceKind("phone_number") { Filterable = ["mood"] };
        Assert.Equal("mood must be written filter[mood].", Read("ListPhoneNumbers", "mood=good", kind).Problem?.Detail);
        Assert.Null(Read("ListPhoneNumbers", "mood=good").Problem);
    }

    [Fact]
    public void Filters_are_limited_in_number()
    {
        string Many(int count) => string.Join('&', Enumerable.Repeat("filter[tag]=x", count));
        Assert.Null(Read("ListPhoneNumbers", Many(Limits.Filters)).Problem);
        Assert.Equal("10031", Read("ListPhoneNumbers", Many(Limits.Filters + 1)).Problem!.Code);
    }

    [Theory]
    [InlineData("ListCallControlApplications", 20, 250), InlineData("ListConnections", 250, 250)]
    public void Page_sizes_come_from_the_operation(string operation, int standard, int most)
    {
        Assert.Equal(standard, Read(operation, "").List.Size);
        Assert.Equal(most, Read(operation, $"page[size]={most}").List.Size);
        Assert.Equal("10015", Read(operation, $"page[size]={most + 1}").Problem!.Code);
    }

    [Fact]
    public void The_sort_has_the_contracts_default_and_a_leading_minus_everywhere()
    {
        Assert.Equal(("created_at", true),
            Read("ListOutboundVoiceProfiles", "").List is var list ? (list.Sort, list.IsDescending) : default);
        Assert.Equal(("connection_name", true),
            Read("ListCallControlApplications", "sort=-connection_name").List is var other ? (other.Sort, other.IsDescending) : default);
        Assert.Null(Read("ListOutboundVoiceProfiles", "sort=-name").Problem);
        Assert.Equal("10018", Read("ListOutboundVoiceProfiles", "sort=colour").Problem!.Code);
    }

    [Theory]
    [InlineData("sort[]=-connection_name"), InlineData("sort[0]=-connection_name"), InlineData("sort[1]=-connection_name")]
    [InlineData("sort=-connection_name&sort[]=-connection_name"), InlineData("sort=-connection_name,"),
        InlineData("sort[value]=-connection_name")]
    public void A_sort_may_be_written_as_a_list_of_one(string query)
    {
        var (list, problem) = Read("ListCallControlApplications", query);
        Assert.Null(problem);
        Assert.Equal(("connection_name", true), (list.Sort, list.IsDescending));
    }

    [Theory]
    [InlineData("sort=created_at,-connection_name"), InlineData("sort=created_at&sort=active")]
    [InlineData("sort[]=created_at&sort[]=active"), InlineData("sort[0]=created_at&sort[1]=active")]
    public void A_second_field_is_refused_where_the_contract_has_one(string query)
    {
        Assert.Equal("10018", Read("ListCallControlApplications", query).Problem?.Code);
        Assert.NotEqual("10018", Read("SearchDetailRecords", query).Problem?.Code);
    }

    [Theory]
    [InlineData("asc", false), InlineData("desc", true), InlineData("ASC", false), InlineData("Desc", true)]
    public void A_direction_may_have_letters_of_any_size(string written, bool isDescending)
    {
        var (list, problem) = Read("ListAuditLogs", "sort=" + written);
        Assert.Null(problem);
        Assert.Equal((null, isDescending), (list.Sort, list.IsDescending));
        Assert.Equal("10018", Read("ListAuditLogs", "sort=rising").Problem?.Code);
    }

    [Fact]
    public void Cursors_are_read()
    {
        var list = Read("ListConnectionActiveCalls", "page[after]=abc&page[limit]=5").List;
        Assert.True(list is { After: "abc", Limit: 5, IsByCursor: true });
    }

    [Theory]
    [InlineData("today", "2026-01-07", "2026-01-08"), InlineData("yesterday", "2026-01-06", "2026-01-07"),
        InlineData("this_week", "2026-01-05", "2026-01-12")]
    [InlineData("last_week", "2025-12-29", "2026-01-05"), InlineData("next_week", "2026-01-12", "2026-01-19"),
        InlineData("tomorrow", "2026-01-08", "2026-01-09"), InlineData("next_month", "2026-02-01", "2026-03-01"),
        InlineData("this_month", "2026-01-01", "2026-02-01"), InlineData("last_month", "2025-12-01", "2026-01-01")]
    [InlineData("this_year", "2026-01-01", "2027-01-01"), InlineData("last_year", "2025-01-01", "2026-01-01"),
        InlineData("last_7_days", "2026-01-01", "2026-01-08"), InlineData("last_1_days", "2026-01-07", "2026-01-08")]
    public void A_date_may_be_a_word_and_is_a_span_of_time(string word, string from, string to)
    {
        var (list, problem) = Read("ListAccessIpAddresses", $"filter[created_at]={word}", new ResourceKind("access_ip_address"));
        Assert.Null(problem);
        Assert.Equal([("gte", from + "T00:00:00.000Z"), ("lt", to + "T00:00:00.000Z")],
            list.Filters.Select(f => (f.Operator, f.Values[0])));
    }

    [Theory]
    [InlineData("gt", "gte", "2026-01-07"), InlineData("gte", "gte", "2026-01-06"), InlineData("lt", "lt", "2026-01-06"),
        InlineData("lte", "lt", "2026-01-07")]
    public void A_word_is_compared_with_by_its_ends(string @operator, string becomes, string at) =>
        Same(One("ListAccessIpAddresses", $"filter[created_at][{@operator}]=yesterday", new ResourceKind("access_ip_address")),
            "created_at", becomes, at + "T00:00:00.000Z");

    [Theory]
    [InlineData("last_0_days"), InlineData("last_days"), InlineData("last_-1_days"), InlineData("last_3651_days"),
        InlineData("day_after_tomorrow"), InlineData("")]
    public void A_word_that_names_no_span_is_refused(string word) =>
        Assert.Equal("10031", Read("ListAccessIpAddresses", $"filter[created_at]={word}").Problem?.Code);

    [Fact]
    public void A_word_reaches_back_as_far_as_its_limit() =>
        Assert.Null(Read("ListAccessIpAddresses", $"filter[created_at]=last_{Limits.FilterDays}_days",
            new ResourceKind("access_ip_address")).Problem);
}
