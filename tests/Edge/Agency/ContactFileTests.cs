using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Admission.Numbering;
using Ringwright.Agency.Batches;
using Ringwright.Agency.Tables;
using Ringwright.Campaigns.Lists;

namespace Ringwright.Edge.Agency;

/// <summary>Files of contacts as spreadsheets write them.</summary>
public sealed class ContactFileTests
{
    private static ContactFile Read(string text, Encoding? encoding = null, JsonObject? named = null)
    {
        var letters = encoding ?? new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        byte[] bytes = [.. letters.GetPreamble(), .. letters.GetBytes(text)];
        var (file, problem) = ContactFile.Read(bytes, named ?? []);
        Assert.True(file is not null, problem?.Detail);
        return file!;
    }

    private static string Refused(string text, JsonObject? named = null)
    {
        var (file, problem) = ContactFile.Read(Encoding.UTF8.GetBytes(text), named ?? []);
        Assert.Null(file);
        return $"{problem!.Code} {problem.Pointer}";
    }

    [Theory]
    [InlineData("utf-8"), InlineData("utf-16"), InlineData("utf-16BE"), InlineData("Windows-1252")]
    public void A_file_is_read_in_the_letters_that_it_is_written_in(string name)
    {
        var encoding = name == "Windows-1252" ? CodePagesEncodingProvider.Instance.GetEncoding(1252)! : Encoding.GetEncoding(name);
        var (_, given) = Assert.Single(Read("phone_number,first_name\r\n+12125550100,Zoë\r\n", encoding).Rows);
        Assert.Equal("""{"phone_number":"\u002B12125550100","first_name":"Zo\u00EB"}""", given.ToJsonString());
    }

    [Theory]
    [InlineData(','), InlineData(';'), InlineData('\t'), InlineData('|')]
    public void What_separates_the_names_separates_the_cells(char separator)
    {
        var file = Read(string.Join(separator, "Mobile", "\"Last, Name; of\"", "E-Mail") + "\n"
            + string.Join(separator, "+12125550100", "\"a \"\"b\"\"\"", "x@example.com") + "\n\n");
        Assert.Equal(["phone_number", "custom_data.last_name_of", "email"], file.Mapping.Select(one => (string?)one.Value));
        Assert.Equal("a \"b\"", (string?)Assert.Single(file.Rows).Given["custom_data"]!["last_name_of"]);
    }

    /// <summary>As the exports of services for sales write it.</summary>
    [Theory]
    [InlineData("Mobile No."), InlineData("Person - Phone - Mobile"), InlineData("Tel. No."), InlineData("Contact No")]
    [InlineData("MobilePhone"), InlineData("phoneNumber"), InlineData("Phone1")]
    public void A_number_is_known_by_what_a_service_calls_it(string name) =>
        Assert.Equal("+12125550100", (string?)Assert.Single(Read($"Name,{name}\nAnna Berg,+12125550100\n").Rows).Given["phone_number"]);

    [Theory, InlineData("+12125550100,Anna\n+12125550101,Bert\n"), InlineData("+12125550100\n+12125550101\n")]
    public void A_file_without_names_is_told_that_it_has_none(string text)
    {
        var (file, problem) = ContactFile.Read(Encoding.UTF8.GetBytes(text), []);
        Assert.Null(file);
        Assert.Contains("The first line has a number", problem!.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_that_says_what_separates_cells_is_none_of_names()
    {
        var (line, given) = Assert.Single(Read("sep=;\r\nMobile;E-Mail\r\n+12125550100;x@example.com\r\n").Rows);
        Assert.Equal((3, "+12125550100"), (line, (string?)given["phone_number"]));
    }

    [Fact]
    public void A_name_is_taken_apart_and_a_line_is_told_by_where_it_ends()
    {
        var rows = Read("name,tz,cell\n\"Anna\nMaria Berg\",EST,+12125550100\nCher,,+12125550101\n").Rows;
        Assert.Equal([3, 4], rows.Select(row => row.Line));
        Assert.Equal(("Anna\nMaria", "Berg", "EST"), ((string?)rows[0].Given["first_name"], (string?)rows[0].Given["last_name"],
            (string?)rows[0].Given["timezone"]));
        Assert.Equal("""{"first_name":"Cher","phone_number":"\u002B12125550101"}""", rows[1].Given.ToJsonString());
    }

    [Theory]
    [InlineData("Berg, Anna Maria", "Anna Maria", "Berg")]
    [InlineData("Anna Berg, MD", "Anna Berg,", "MD")]
    [InlineData("Berg,", "Berg,", null)]
    public void A_last_name_that_stands_before_a_comma_is_one(string name, string first, string? last)
    {
        var given = Assert.Single(Read($"phone,name\n+12125550100,\"{name}\"\n").Rows).Given;
        Assert.Equal((first, last), ((string?)given["first_name"], (string?)given["last_name"]));
    }

    [Fact]
    public void A_row_with_a_quote_that_stands_alone_is_none_and_the_others_are_contacts()
    {
        var rows = Read("phone,first_name\n+12125550100,Joe \"the man\"\n+12125550101,Bert\n").Rows;
        var read = ContactReading.Read(rows, new ContactRow { CreatedAt = DateTimeOffset.UnixEpoch }, mostTold: 9);
        Assert.Equal((2, "+12125550101", 1), (read.Received, Assert.Single(read.Accepted).PhoneNumber, read.Invalid));
        Assert.Equal("""[{"row":2,"phone_number":"","reason":"broken_quotes"}]""", read.Sample.ToJsonString());
    }

    [Fact]
    public void A_number_that_a_spreadsheet_or_a_person_has_changed_is_told_and_never_called()
    {
        var rows = Read("phone\n+12125550100.0\n+49 (0)30 123456\n1.2E+10\n'+12125550101\n\u202A+12125550102\u202C\n").Rows;
        var read = ContactReading.Read(rows, new ContactRow { CreatedAt = DateTimeOffset.UnixEpoch }, mostTold: 9);
        Assert.Equal(["+12125550101", "+12125550102"], read.Accepted.Select(contact => contact.PhoneNumber));
        Assert.Equal(["2 spreadsheet_number_format", "3 invalid_number", "4 spreadsheet_number_format"],
            read.Sample.Select(row => $"{row!["row"]} {row["reason"]}"));
    }

    /// <summary>As Salesforce, Dynamics, SuiteCRM, Mautic and diallers export whom nobody is to call.</summary>
    [Theory]
    [InlineData("DoNotCall", "TRUE", "FALSE"), InlineData("Do Not Call", "1", "0"), InlineData("do_not_call", "Yes", "No")]
    [InlineData("Do not allow Phone Calls", "Do Not Allow", "Allow"), InlineData("donotContact", "x", "")]
    [InlineData("DNC", "2026-01-31", "N/A"), InlineData("DND", "\u2713", "-"), InlineData("Nicht anrufen", "ja", "nein")]
    public void Of_whom_a_file_says_that_nobody_is_to_call_him_is_told_and_never_called(string column, string yes, string no)
    {
        string text = $"phone,{column}\n+12125550100,{yes}\n+12125550101,{no}\n";
        var read = ContactReading.Read(Read(text).Rows, new ContactRow { CreatedAt = DateTimeOffset.UnixEpoch }, mostTold: 9);
        Assert.Equal("+12125550101", Assert.Single(read.Accepted).PhoneNumber);
        Assert.Equal("""[{"row":2,"phone_number":"\u002B12125550100","reason":"do_not_call"}]""", read.Sample.ToJsonString());
        // Unless a mapping says that the column is something else.
        var rows = Read(text, named: new() { [column] = "custom_data.word" }).Rows;
        Assert.Equal(2, ContactReading.Read(rows, new ContactRow { CreatedAt = DateTimeOffset.UnixEpoch }, mostTold: 9).Accepted.Count);
    }

    /// <summary>As lists come back from who has looked their numbers up, or held them against registries.</summary>
    [Theory]
    [InlineData("Phone 1", "Phone 1 DNC"), InlineData("phone_1", "phone_1_is_dnc"), InlineData("Phone 1", "Phone 1 In DNC List")]
    [InlineData("Mobile Phone", "DNC - Mobile Phone"), InlineData("phone_number", "Phone DNC"), InlineData("PHONE", "DNC_FEDERAL")]
    [InlineData("PHONE", "DNC_STATE"), InlineData("PHONE", "LITIGATOR"), InlineData("Phone 1", "Phone 1 Litigator")]
    public void Of_which_number_a_file_says_that_nobody_is_to_call_it_is_told_and_never_called(string number, string column)
    {
        var rows = Read($"{number},{column}\n+12125550100,Yes\n+12125550101,No\n+12125550102,\n").Rows;
        var read = ContactReading.Read(rows, new ContactRow { CreatedAt = DateTimeOffset.UnixEpoch }, mostTold: 9);
        Assert.Equal(["+12125550101", "+12125550102"], read.Accepted.Select(contact => contact.PhoneNumber));
        Assert.Equal("""[{"row":2,"phone_number":"\u002B12125550100","reason":"do_not_call"}]""", read.Sample.ToJsonString());
    }

    /// <summary>A CRM has him as a lead and as a contact, or husband and wife have one telephone.</summary>
    [Fact]
    public void Of_whom_one_row_says_that_nobody_is_to_call_him_no_other_row_is_called()
    {
        const string text = "phone,DNC\n+525512345678,No\n+12125550100,\n+12125550101,No\n+1 (212) 555-0100,Yes\n+12125550100,No\n"
            + "+52 1 55 1234 5678,Yes\n";
        var read = ContactReading.Read(Read(text).Rows, new ContactRow { CreatedAt = DateTimeOffset.UnixEpoch }, mostTold: 9);
        Assert.Equal("+12125550101", Assert.Single(read.Accepted).PhoneNumber);
        Assert.Equal(["+12125550100", "+5215512345678", "+525512345678"], read.Refused.Order(StringComparer.Ordinal));
        Assert.Equal(["2", "3", "5", "6", "7"], read.Sample.Select(row => $"{row!["row"]}"));
        Assert.All(read.Sample, row => Assert.Equal("do_not_call", (string?)row!["reason"]));
    }

    /// <summary>As CRMs have it: nobody is called by such a cell, and the row is of him all the same.</summary>
    [Theory, InlineData("+1 (212) 555-0100 ext. 12"), InlineData("0012125550100 x12"), InlineData("tel:+1-212-555-0100;ext=12")]
    public void Whom_a_row_refuses_at_an_extension_is_not_called_at_the_number(string cell)
    {
        var rows = Read($"phone,DNC\n{cell},Yes\n+12125550100,\n+12125550101,\n").Rows;
        var read = ContactReading.Read(rows, new ContactRow { CreatedAt = DateTimeOffset.UnixEpoch }, mostTold: 9);
        Assert.Equal("+12125550101", Assert.Single(read.Accepted).PhoneNumber);
        Assert.Equal("+12125550100", Assert.Single(read.Refused));
    }

    /// <summary>Nobody dials so at home: he is meant all the same.</summary>
    [Theory, InlineData("0049 30 1234567"), InlineData("００４９ ３０ １２３４５６７ ｘ１２")]
    public void Whom_a_row_refuses_as_from_abroad_is_not_called_whichever_country_is_assumed(string cell)
    {
        var plans = NumberingPlans.Load();
        Assert.True(NationalNumbers.TryOf(plans, "US", out var home));
        var rows = Read($"phone,DNC\n{cell},Yes\n+49301234567,\n+12125550101,\n").Rows;
        var read = ContactReading.Read(rows, new ContactRow { CreatedAt = DateTimeOffset.UnixEpoch }, mostTold: 9, home);
        Assert.Equal("+12125550101", Assert.Single(read.Accepted).PhoneNumber);
        Assert.Equal("+49301234567", Assert.Single(read.Refused));
    }

    [Fact]
    public void What_a_file_says_of_another_number_of_a_row_does_not_count()
    {
        const string text = "Phone 1,Phone 1 DNC,Phone 2,Phone 2 DNC\n+12125550100,N,+12125550101,Y\n";
        var like = new ContactRow { CreatedAt = DateTimeOffset.UnixEpoch };
        Assert.Equal("+12125550100", Assert.Single(ContactReading.Read(Read(text).Rows, like, mostTold: 9).Accepted).PhoneNumber);
        var second = Read(text, named: new() { ["Phone 1"] = "custom_data.first", ["Phone 2"] = "phone_number" }).Rows;
        Assert.Empty(ContactReading.Read(second, like, mostTold: 9).Accepted);
    }

    /// <summary>The 1 of the second is of a messenger; nobody dials it any more.</summary>
    [Fact]
    public void Of_two_numbers_of_one_telephone_the_first_stays()
    {
        var rows = Read("phone,name\n+525512345678,Anna\n+52 1 55 1234 5678,Ana\n").Rows;
        var read = ContactReading.Read(rows, new ContactRow { CreatedAt = DateTimeOffset.UnixEpoch }, mostTold: 9);
        Assert.Equal(("+525512345678", 1), (Assert.Single(read.Accepted).PhoneNumber, read.Duplicates));
        read = ContactReading.Read(rows, new ContactRow { CreatedAt = DateTimeOffset.UnixEpoch }, mostTold: 9, home: null,
            OnDuplicate.Update);
        var laid = Assert.Single(read.Accepted);
        Assert.Equal(("+525512345678", "Ana"), (laid.PhoneNumber, laid.FirstName));
    }

    [Fact]
    public void A_cell_that_a_spreadsheet_is_told_to_leave_as_it_is_is_what_stands_in_it()
    {
        var rows = Read("phone,code,note\n=\"+12125550100\",=\"007\",a\n\"=\"\"+12125550101\"\"\",=1+1,\"b,=\"\"c\"\"\"\n").Rows;
        Assert.Equal(["+12125550100", "+12125550101"], rows.Select(row => (string?)row.Given["phone_number"]));
        Assert.Equal([("007", "a"), ("=1+1", "b,=\"c\"")], rows.Select(row => row.Given["custom_data"]!)
            .Select(data => ((string?)data["code"], (string?)data["note"])));
    }

    [Theory]
    [InlineData("PK\u0003\u0004\u0014", "is a workbook"), InlineData("\u001F\u008B\u0008", "packed by gzip")]
    [InlineData("\u00D0\u00CF\u0011\u00E0\u00A1\u00B1", "is a workbook"), InlineData("\r\n<TABLE><tr><td>phone</td>", "a web page")]
    [InlineData("<html xmlns:x=\"urn:x\">", "a web page"), InlineData("\u00EF\u00BB\u00BF<?xml version=\"1.0\"?>", "or XML")]
    public void A_workbook_is_told_to_be_saved_as_csv(string head, string sentence)
    {
        var (file, problem) = ContactFile.Read(Encoding.Latin1.GetBytes(head), []);
        Assert.Null(file);
        Assert.Equal("/file", problem!.Pointer);
        Assert.Contains(sentence, problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_mark_before_the_names_is_no_part_of_them()
    {
        var file = Read("\uFEFF\"phone\",first_name\n+12125550100,Anna\n", new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        Assert.Equal(["phone", "first_name"], file.Mapping.Select(one => one.Key));
        Assert.Equal("+12125550100", (string?)Assert.Single(file.Rows).Given["phone_number"]);
    }

    [Fact]
    public void A_row_with_more_cells_than_there_are_columns_is_told_and_no_cell_is_moved()
    {
        var rows = Read("phone,company,note\n+12125550100,Acme, Inc.,x\n+12125550101,\"Acme, Inc.\",x\n+12125550102,Acme,x,,\n").Rows;
        var read = ContactReading.Read(rows, new ContactRow { CreatedAt = DateTimeOffset.UnixEpoch }, mostTold: 9);
        Assert.Equal([("+12125550101", "Acme, Inc."), ("+12125550102", "Acme")],
            read.Accepted.Select(contact => (contact.PhoneNumber, contact.Company!)));
        Assert.Equal("""[{"row":2,"phone_number":"","reason":"too_many_cells"}]""", read.Sample.ToJsonString());
    }

    [Fact]
    public void A_rows_own_country_says_how_its_number_is_dialled()
    {
        Assert.True(NationalNumbers.TryOf(NumberingPlans.Load(), "DE", out var home));
        var rows = Read("phone,Country/Region\n07400 123456,United Kingdom\n030 123456,\n(212) 555-0100,us\n0301234567,Narnia\n"
            + "+12125550101,Narnia\n").Rows;
        var read = ContactReading.Read(rows, new ContactRow { CreatedAt = DateTimeOffset.UnixEpoch }, mostTold: 9, home);
        Assert.Equal(["+447400123456", "+4930123456", "+12125550100", "+12125550101"],
            read.Accepted.Select(contact => contact.PhoneNumber));
        Assert.Equal("5 invalid_number", string.Join(' ', read.Sample.Select(row => $"{row!["row"]} {row["reason"]}")));
        Assert.Equal("""{"country_region":"United Kingdom"}""", read.Accepted[0].CustomData.ToJsonString());
        // A calling code that is not filled in says nothing.
        rows = Read("phone,phone_code,country\n07400 123456,,GB\n07400 123456,49,GB\n").Rows;
        read = ContactReading.Read(rows, new ContactRow { CreatedAt = DateTimeOffset.UnixEpoch }, mostTold: 9, home);
        Assert.Equal(["+447400123456", "+497400123456"], read.Accepted.Select(contact => contact.PhoneNumber));
        // Whoever leaves the column out has it not asked.
        rows = Read("phone,country\n030 123456,US\n", named: new() { ["country"] = "" }).Rows;
        read = ContactReading.Read(rows, new ContactRow { CreatedAt = DateTimeOffset.UnixEpoch }, mostTold: 9, home);
        Assert.Equal("+4930123456", Assert.Single(read.Accepted).PhoneNumber);
    }

    /// <summary>Columns as SuiteCRM, HubSpot and GoHighLevel export them.</summary>
    [Theory]
    [InlineData("First Name,Last Name,Account Name,Office Phone,Email Address")]
    [InlineData("First Name,Last Name,Company,Phone Number,Email")]
    [InlineData("First Name,Last Name,Company name,Mobile Phone Number,Email")]
    [InlineData("First Name,Last Name,Business Name,Phone,Email")]
    [InlineData("FirstName,LastName,CompanyName,MobilePhone,EmailAddress"), InlineData("givenName,surname,companyName,mobilePhone,EMail")]
    public void Exports_of_crms_need_no_mapping(string header)
    {
        var given = Assert.Single(Read(header + "\n Anna ,Berg,Acme,+1 212-555-0100,a@example.com\n\n\n").Rows).Given;
        Assert.Equal(("Anna", "Berg", "Acme", "+1 212-555-0100", "a@example.com"), ((string?)given["first_name"],
            (string?)given["last_name"], (string?)given["company"], (string?)given["phone_number"], (string?)given["email"]));
    }

    [Fact]
    public void Beside_a_mobile_number_the_one_of_the_office_is_a_word()
    {
        var given = Assert.Single(Read("Office Phone,Mobile\n+12125550100,+12125550101\n").Rows).Given;
        Assert.Equal(("+12125550101", "+12125550100"), ((string?)given["phone_number"], (string?)given["custom_data"]!["office_phone"]));
    }

    /// <summary>As programs export what they call their fields inside.</summary>
    [Fact]
    public void Names_in_one_word_are_known_where_no_other_is()
    {
        var given = Assert.Single(Read("MobilePhone,PhoneNumber,TimeZone\n+12125550100,+12125550101,PT\n").Rows).Given;
        Assert.Equal(("+12125550101", "+12125550100", "PT"), ((string?)given["phone_number"],
            (string?)given["custom_data"]!["mobilephone"], (string?)given["timezone"]));
        given = Assert.Single(Read("HomePhone,Mobile Phone\n+12125550100,+12125550101\n").Rows).Given;
        Assert.Equal("+12125550101", (string?)given["phone_number"]);
        Assert.Equal("validation_error /mapping", Refused("HomePhone,MobilePhone\n+12125550100,+12125550101\n"));
        given = Assert.Single(Read("HomePhone,MobilePhone\n+12125550100,+12125550101\n", named: new() { ["HomePhone"] = "" }).Rows).Given;
        Assert.Equal("+12125550101", (string?)given["phone_number"]);
    }

    [Theory]
    [InlineData('x', 16_376, true), InlineData('x', 16_377, false), InlineData('ü', 2_729, true), InlineData('ü', 2_730, false)]
    public void Own_data_is_measured_as_it_is_written(char letter, int letters, bool isTaken)
    {
        var contact = new JsonObject
        {
            ["phone_number"] = "+12125550100", ["custom_data"] = new JsonObject { ["a"] = new string(letter, letters) },
        };
        var read = ContactReading.Read(new JsonArray(contact), new ContactRow { CreatedAt = DateTimeOffset.UnixEpoch });
        Assert.Equal(isTaken ? 1 : 0, read.Accepted.Count);
    }

    [Fact]
    public void A_number_without_its_country_is_read_as_its_country_dials_it()
    {
        Assert.True(NationalNumbers.TryOf(NumberingPlans.Load(), "de", out var home));
        var rows = Read("phone\n030 123456\n0049 30 123456\n+12125550100\n1\n").Rows;
        var like = new ContactRow { CreatedAt = DateTimeOffset.UnixEpoch };
        var read = ContactReading.Read(rows, like, mostTold: 9, home);
        Assert.Equal(["+4930123456", "+12125550100"], read.Accepted.Select(contact => contact.PhoneNumber));
        Assert.Equal((1, "5 invalid_number"),
            (read.Duplicates, string.Join(' ', read.Sample.Select(row => $"{row!["row"]} {row["reason"]}"))));
        // Without a country, what has none of its own is none.
        Assert.Equal(["+4930123456", "+12125550100"],
            ContactReading.Read(rows, like, mostTold: 9).Accepted.Select(contact => contact.PhoneNumber));
    }

    [Fact]
    public void A_contacts_own_country_is_nearer_than_that_of_its_list()
    {
        Assert.True(NationalNumbers.TryOf(NumberingPlans.Load(), "DE", out var home));
        var like = new ContactRow { CreatedAt = DateTimeOffset.UnixEpoch };
        var given = new JsonArray(new JsonObject { ["phone_number"] = "07400 123456", ["country"] = "GB" },
            new JsonObject { ["phone_number"] = "030 123456" });
        Assert.Equal("+447400123456", Assert.Single(ContactReading.Read(given, like).Accepted).PhoneNumber);
        Assert.Equal(2, ContactReading.Read(given, like, home).Accepted.Count);
    }

    [Theory]
    [InlineData("EST", "America/New_York"), InlineData("pt", "America/Los_Angeles"), InlineData("CT", "America/Chicago")]
    [InlineData("CEST", "Europe/Paris"), InlineData("Europe/Berlin", "Europe/Berlin")]
    [InlineData("Eastern Standard Time", "America/New_York"), InlineData("Pacific Time (US & Canada)", "America/Los_Angeles")]
    [InlineData("US Mountain Standard Time", "America/Phoenix"), InlineData("w. europe standard time", "Europe/Berlin")]
    public void A_zone_is_known_by_the_letters_that_lists_have_for_it(string written, string zone)
    {
        var rows = Read($"phone,timezone\n+12125550100,{written}\n").Rows;
        var read = ContactReading.Read(rows, new ContactRow { CreatedAt = DateTimeOffset.UnixEpoch }, mostTold: 9);
        Assert.Equal(zone, Assert.Single(read.Accepted).Timezone);
    }

    [Fact]
    public void A_mapping_says_what_columns_are()
    {
        var file = Read("A,B,C,D\n+12125550100,Anna,x,y\n", named: new()
        {
            ["A"] = "phone_number", ["B"] = "first_name", ["C"] = "custom_data.deal", ["D"] = "",
        });
        Assert.Equal("""{"phone_number":"\u002B12125550100","first_name":"Anna","custom_data":{"deal":"x"}}""",
            Assert.Single(file.Rows).Given.ToJsonString());
        Assert.Null(file.Mapping["D"]);
    }

    [Theory]
    [InlineData("Telefonnummer;Vorname;Nachname;Firma;E-Mail;Zeitzone")]
    [InlineData("contact_number;firstname;lastname;Company Name;Email Address;Time Zone")]
    [InlineData("Téléphone;Prénom;Nom;Société;Courriel;Fuseau horaire")]
    [InlineData("Celular;Nome;Sobrenome;Empresa;E-mail;Fuso horário")]
    public void Columns_are_known_by_the_names_that_other_lists_give_them(string header)
    {
        string[] names = header.Split(';');
        var file = Read(header + "\n+12125550100;Anna;Berg;Acme;a@example.com;Europe/Berlin\n");
        Assert.Equal(["phone_number", "first_name", "last_name", "company", "email", "timezone"],
            names.Select(name => (string?)file.Mapping[name]));
        var given = Assert.Single(file.Rows).Given;
        Assert.Equal(("+12125550100", "Anna", "Europe/Berlin"), ((string?)given["phone_number"], (string?)given["first_name"],
            (string?)given["timezone"]));
        // An agent's text may have them by their own names, too.
        Assert.Equal(6, given["custom_data"]!.AsObject().Count);
        Assert.Contains(given["custom_data"]!.AsObject(), one => (string?)one.Value is "Anna");
    }

    [Fact]
    public void A_further_name_is_a_field_only_where_no_usual_one_is_and_of_two_numbers_none_is_guessed()
    {
        var file = Read("Phone Number,Mobile Phone Number,First Name,Vorname\n+12125550100,+12125550101,Anna,Bert\n");
        var given = Assert.Single(file.Rows).Given;
        Assert.Equal(("+12125550100", "Anna"), ((string?)given["phone_number"], (string?)given["first_name"]));
        Assert.Equal("""{"mobile_phone_number":"\u002B12125550101","vorname":"Bert"}""", given["custom_data"]!.ToJsonString());
        Assert.Equal("validation_error /mapping", Refused("Business Phone,Mobile Phone\n+12125550100,+12125550101\n"));
        file = Read("Business Phone,Mobile Phone\n+12125550100,+12125550101\n", named: new() { ["Mobile Phone"] = "phone_number" });
        Assert.Equal("+12125550101", (string?)Assert.Single(file.Rows).Given["phone_number"]);
    }

    [Fact]
    public void Columns_without_a_name_and_those_of_an_export_are_words_of_the_contact()
    {
        var file = Read("phone,custom_data.deal,,\n+12125550100,7,x,\n");
        Assert.Equal("""{"phone_number":"\u002B12125550100","custom_data":{"deal":"7","column_3":"x"}}""",
            Assert.Single(file.Rows).Given.ToJsonString());
    }

    [Fact]
    public void Columns_with_one_name_are_told_apart_and_of_two_with_a_fields_name_a_mapping_says_which_it_is()
    {
        var file = Read("phone,Notes,Notes,,Notes\n+12125550100,a,b,c,d\n");
        Assert.Equal("""{"notes":"a","notes_2":"b","column_4":"c","notes_3":"d"}""",
            Assert.Single(file.Rows).Given["custom_data"]!.ToJsonString());
        Assert.Equal(["phone", "Notes", "Notes (2)", "column_4", "Notes (3)"], file.Mapping.Select(one => one.Key));

        const string twice = "Phone,Phone\n+12125550100,+12125550101\n", other = "Telefon,Telefon\n+12125550100,+12125550101\n";
        Assert.Equal("validation_error /mapping", Refused(twice));
        Assert.Equal("validation_error /mapping", Refused(other));
        Assert.Equal("+12125550101", (string?)Assert.Single(Read(twice, named: new() { ["Phone"] = "" }).Rows).Given["phone_number"]);
        Assert.Equal("+12125550101",
            (string?)Assert.Single(Read(other, named: new() { ["Telefon (2)"] = "phone_number" }).Rows).Given["phone_number"]);
    }

    [Fact]
    public void What_is_no_file_of_contacts_is_refused_as_a_whole()
    {
        Assert.Equal("validation_error /file", Refused(""));
        Assert.Equal("validation_error /file", Refused("first_name\nAnna\n"));
        Assert.Equal("validation_error /file", Refused("phone\n+1212\0\n"));
        Assert.Equal("validation_error /file", Refused("phone,first_name\n+12125550100,\"Anna\n+12125550101,Bert\n"));
        Assert.Equal("validation_error /file", Refused("phone,x\n+12125550100," + new string('x', 20_000) + "\n"));
        Assert.Equal("validation_error /mapping", Refused("phone,mobile\n+12125550100,+12125550101\n"));
        Assert.Equal("validation_error /mapping", Refused("phone\n+12125550100\n", new() { ["x"] = "email" }));
        Assert.Equal("validation_error /mapping", Refused("phone\n+12125550100\n", new() { ["phone"] = "number" }));
        Assert.Equal("validation_error /mapping", Refused("phone\n+12125550100\n", new() { ["phone"] = 1 }));
        var many = new StringBuilder("phone\n");
        for (int i = 0; i <= ContactFile.MostRows; i++) many.Append("+12125550100\n");
        Assert.Equal("too_large ", Refused(many.ToString()));
    }
}
