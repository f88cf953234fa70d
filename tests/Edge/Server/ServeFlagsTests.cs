using System.Net;
using Ringwright.Server;
using Ringwright.Server.Nodes;
using Ringwright.Server.Settings;
using Ringwright.Store.Keeping;

namespace Ringwright.Edge.Server;

public sealed class ServeFlagsTests
{
    private static ServeSettings Read(params (string Name, string Text)[] given) => ServeFlags.Read(
        name => given.Where(g => g.Name == name).Select(g => g.Text).FirstOrDefault(),
        variable => given.Where(g => g.Name == variable).Select(g => g.Text).FirstOrDefault());

    private static string RefusalOf(params (string Name, string Text)[] given) => Assert.Throws<StartRefused>(() => Read(given)).Message;

    [Fact]
    public void Without_flags_everything_listens_on_loopback()
    {
        var settings = Read();
        Assert.True(settings.IsOnLoopbackOnly);
        Assert.False(settings.NeedsOperatorKey);
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 8080), settings.Http);
        Assert.Equal(new PortRange(IPAddress.Loopback, 16384, 32767), settings.Rtp);
        Assert.Equal((200, 1_000), (settings.ApiRate, settings.AccountsBelow));
        Assert.EndsWith("/.ringwright/ringwright.db", Databases.AddressOf(settings), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_kept_is_said_kind_by_kind_and_a_leg_outlives_what_is_shown_with_it()
    {
        Assert.Equal(new Retention { Traces = TimeSpan.FromDays(7), Deliveries = TimeSpan.FromDays(30) }, Read().Retention);
        var read = Read(("--keep-legs", "90"), ("--keep-events", "30"), ("--keep-records", "90"), ("--keep-recordings", "10"),
            ("--keep-traces", "forever"), ("--keep-deliveries", "1")).Retention;
        Assert.Equal(new Retention { Legs = Days(90), Events = Days(30), Records = Days(90), Recordings = Days(10), Deliveries = Days(1) },
            read);
        Assert.StartsWith("--keep-legs", RefusalOf(("--keep-legs", "90")), StringComparison.Ordinal);
        Assert.StartsWith("--keep-legs", RefusalOf(("--keep-legs", "90"), ("--keep-events", "90"), ("--keep-records", "91")),
            StringComparison.Ordinal);

        static TimeSpan Days(int days) => TimeSpan.FromDays(days);
    }

    [Fact]
    public void A_name_by_TLS_is_one_of_the_domains_and_needs_the_listener()
    {
        Assert.Equal("sbc1.example.com", Read(("--sip-tls", "127.0.0.1:5061"), ("--sip-domain", "example.com,SBC1.example.com"),
            ("--sip-tls-name", "sbc1.example.com")).SipTlsName);
        Assert.StartsWith("--sip-tls-name", RefusalOf(("--sip-tls", "127.0.0.1:5061"), ("--sip-domain", "example.com"),
            ("--sip-tls-name", "sbc1.example.com")), StringComparison.Ordinal);
        Assert.StartsWith("--sip-tls-name", RefusalOf(("--sip-domain", "sbc1.example.com"), ("--sip-tls-name", "sbc1.example.com")),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Origins_of_pages_are_written_as_browsers_do()
    {
        Assert.Empty(Read().PageOrigins);
        Assert.Equal(["https://console.example.com", "http://localhost:3000", "*"],
            Read(("--cors", "https://console.example.com/, http://localhost:3000,*")).PageOrigins);
    }

    /// <summary>As compositions and files of variables have them.</summary>
    [Fact]
    public void A_switch_is_off_where_its_variable_says_so()
    {
        Assert.True(Read(("RINGWRIGHT_STRICT_VOICES", "yes")).IsStrictWithVoices);
        Assert.False(Read(("RINGWRIGHT_STRICT_VOICES", "false")).IsStrictWithVoices);
        Assert.False(Read(("RINGWRIGHT_LAB", "0")).HasLab);
        Assert.All(ServeFlags.All.Where(flag => flag.Placeholder is null),
            flag => Assert.StartsWith(flag.Variable, RefusalOf((flag.Variable, "maybe")), StringComparison.Ordinal));
    }

    [Fact]
    public void Numbers_in_a_row_are_said_by_the_first_and_the_last()
    {
        Assert.Null(Read().FlashCallers);
        var range = Read(("--flash-from", "+15550123000-+15550123999")).FlashCallers!;
        Assert.Equal((1_000, "+15550123000", "+15550123999"), (range.Count, range[0], range[999]));
        foreach (string bad in (string[])["+15550123000", "+15550123000-+15550123500", "+15550123999-+15550123000", "+1555-+15550123999",
            "+15550000000-+15559999999", "15550123000-15550123999"])
            Assert.StartsWith("--flash-from", RefusalOf(("--flash-from", bad)), StringComparison.Ordinal);
    }

    [Fact]
    public void Names_of_models_stand_for_those_of_the_server_and_are_nothing_without_it()
    {
        const string aliases = "openai/gpt-4o=big,*=small", url = "http://127.0.0.1:8090/v1";
        var llm = Read(("--llm-url", url), ("--llm-alias", aliases)).Llm!;
        Assert.Equal(["big", "big", "small", "small"], new[] { "openai/gpt-4o", "big", "small", "other" }.Select(llm.NameOf));
        llm = Read(("--llm-url", url), ("--llm-alias", "mine=big")).Llm!;
        Assert.Equal(["big", "other"], new[] { "mine", "other" }.Select(llm.NameOf));
        Assert.Equal("the-one", Read(("--llm-url", url), ("--llm-model", "the-one")).Llm!.NameOf("other"));
        Assert.Contains("need --llm-url", RefusalOf(("--llm-alias", aliases)), StringComparison.Ordinal);
        Assert.StartsWith("--llm-alias", RefusalOf(("--llm-url", url), ("--llm-model", "x"), ("--llm-alias", aliases)),
            StringComparison.Ordinal);
        foreach (string bad in new[] { "big", "=big", "mine=" })
            Assert.StartsWith("--llm-alias", RefusalOf(("--llm-url", url), ("--llm-alias", bad)), StringComparison.Ordinal);
    }

    [Theory, InlineData("https://a.example/v1"), InlineData("https://a.example/v1/"), InlineData("https://a.example/v1/chat/completions")]
    [InlineData("https://a.example/v1/chat/completions/")]
    public void The_address_of_a_model_may_go_on_to_what_is_asked_there(string url) =>
        Assert.Equal("https://a.example/v1", Read(("--llm-url", url)).Llm!.BaseUrl);

    [Theory, InlineData("https://a.example/v1/realtime", "https://b.example/api/calls")]
    [InlineData("https://a.example/v1", "https://b.example/")]
    public void So_may_those_of_models_that_speak(string realtime, string ultravox)
    {
        var settings = Read(("--llm-url", "https://c.example/v1"), ("--realtime-url", realtime), ("--ultravox-url", ultravox));
        Assert.Equal(("https://a.example/v1", "https://b.example"), (settings.Realtime!.BaseUrl, settings.Ultravox!.BaseUrl));
    }

    [Fact]
    public void A_flag_wins_over_its_environment_twin()
    {
        Assert.Equal(5, Read(("--api-rate", "5"), ("RINGWRIGHT_API_RATE", "6")).ApiRate);
        Assert.Equal(6, Read(("RINGWRIGHT_API_RATE", "6")).ApiRate);
    }

    [Theory]
    [InlineData("--api-rate", "0")]
    [InlineData("--api-rate", "1000001")]
    [InlineData("--accounts-below", "-1")]
    [InlineData("--api-rate", "-1")]
    [InlineData("--api-rate", "many")]
    [InlineData("--http", "8080")]
    [InlineData("--http", "127.0.0.1:65536")]
    [InlineData("--http", "example.org:80")]
    [InlineData("--rtp", "127.0.0.1:1023-2000")]
    [InlineData("--rtp", "127.0.0.1:2000-2000")]
    [InlineData("--rtp", "127.0.0.1:2000")]
    [InlineData("--rtp", "127.0.0.1:3000-2000")]
    [InlineData("--public-url", "ftp://example.org")]
    [InlineData("--cors", "console.example.com")]
    [InlineData("--cors", "https://console.example.com/page")]
    [InlineData("--cors", "ftp://console.example.com")]
    [InlineData("--advertise", "here"), InlineData("--advertise", "203.0.113"), InlineData("--advertise", "192.168.001.010")]
    [InlineData("--sip", "192.168.1:5060"), InlineData("--http", "8080:8080"), InlineData("--rtp", "10.1:16384-32767")]
    [InlineData("--allow-targets", "10.0.0.0/33")]
    [InlineData("--sip-domain", "a b")]
    [InlineData("--sip-domain", "sip:example.com")]
    [InlineData("--sip-tls-name", "a.example, b.example")]
    [InlineData("--sip-tls-name", "192.0.2.1")]
    [InlineData("--api-hosts", "voice.example.com")]
    [InlineData("--api-hosts", "voice=a b")]
    [InlineData("--drain-seconds", "86401")]
    [InlineData("--shards", "65")]
    [InlineData("--log-level", "loud")]
    [InlineData("--keep-traces", "0")]
    [InlineData("--keep-recordings", "36501")]
    [InlineData("--keep-deliveries", "never")]
    [InlineData("--media", "elsewhere")]
    [InlineData("--lab", "maybe")]
    [InlineData("--ready-file", "/nowhere/ready")]
    [InlineData("--ready-file", "/proc")]
    public void A_text_out_of_bounds_is_refused_in_one_line_that_names_the_flag(string flag, string text)
    {
        string sentence = RefusalOf((flag, text));
        Assert.StartsWith(flag, sentence, StringComparison.Ordinal);
        Assert.Contains(text, sentence, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', sentence);
    }

    [Theory]
    [InlineData("--http"), InlineData("--sip"), InlineData("--admin"), InlineData("--storage"), InlineData("--sip-tls")]
    public void A_secret_that_can_be_guessed_is_refused_where_others_can_guess(string listener)
    {
        string shortest = new('k', ServeSettings.SecretCharacters), tooShort = shortest[1..];
        Assert.Equal(tooShort, Read(("--api-key", tooShort)).ApiKey);
        Assert.Equal(shortest, Read(("--api-key", shortest), (listener, "0.0.0.0:4000")).ApiKey);
        string sentence = RefusalOf(("--api-key", tooShort), (listener, "0.0.0.0:4000"));
        Assert.StartsWith("--api-key must have at least 16 characters", sentence, StringComparison.Ordinal);
        Assert.DoesNotContain(tooShort, sentence, StringComparison.Ordinal);
        Assert.StartsWith("--operator-key", RefusalOf(("--operator-key", tooShort)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--api-rate", "1")]
    [InlineData("--api-rate", "1000000")]
    [InlineData("--accounts-below", "0")]
    [InlineData("--http", "[::1]:0")]
    [InlineData("--http", "localhost:65535")]
    [InlineData("--rtp", "127.0.0.1:1024-1025")]
    [InlineData("--drain-seconds", "86400")]
    [InlineData("--shards", "64")]
    [InlineData("--database", "postgres://me:secret@db.example:5433/calls?sslmode=require")]
    [InlineData("--database", "postgresql://db.example/calls")]
    [InlineData("--database", "postgres:Host=/run/postgresql;Database=calls")]
    [InlineData("--sip-domain", "sip.example.com, 192.0.2.1")]
    [InlineData("--api-hosts", "voice=voice.example.com, crm=192.0.2.1")]
    [InlineData("--allow-targets", "10.0.0.0/8, 192.168.1.5")]
    public void A_text_at_the_bound_is_taken(string flag, string text) => Assert.NotNull(Read((flag, text)));

    [Fact]
    public void A_user_and_a_password_stand_in_an_address_as_they_were_made()
    {
        var mail = Read(("--smtp", "smtp://anna@example.com:pa/ss#1@smtp.example.com")).Mail!;
        Assert.Equal(("smtp.example.com", 587, "anna@example.com", "pa/ss#1"), (mail.Host, mail.Port, mail.User, mail.Password));
        mail = Read(("--smtp", "smtps://anna%40example.com:p%2Fw@smtp.example.com:4650")).Mail!;
        Assert.Equal(("smtp.example.com", 4650, "anna@example.com", "p/w"), (mail.Host, mail.Port, mail.User, mail.Password));
        string database = "postgres://me@server:p@ss/w@db.example/calls";
        Assert.Equal(database, Read(("--database", database)).Database);
    }

    [Theory]
    [InlineData("\"0.0.0.0:8080\""), InlineData("'0.0.0.0:8080'"), InlineData("0.0.0.0:8080\r"), InlineData(" \"0.0.0.0:8080\" \r")]
    public void A_variable_may_stand_in_quotation_marks_as_files_for_containers_have_it(string text)
    {
        Assert.Equal("0.0.0.0:8080", Read(("RINGWRIGHT_HTTP", text)).Http.ToString());
        // A shell has taken its own, and means what is left.
        if (text.Contains('"', StringComparison.Ordinal))
            Assert.StartsWith("--http", RefusalOf(("--http", text)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_variable_of_marks_alone_says_nothing_and_one_mark_belongs_to_the_value()
    {
        Assert.Equal("sixteen-letters-1", Read(("RINGWRIGHT_API_KEY", "\"sixteen-letters-1\"")).ApiKey);
        Assert.Equal("'sixteen-letters", Read(("RINGWRIGHT_API_KEY", "'sixteen-letters")).ApiKey);
        Assert.Null(Read(("RINGWRIGHT_API_KEY", "\"\"")).ApiKey);
        Assert.Null(Read(("RINGWRIGHT_API_KEY", " \r")).ApiKey);
    }

    [Fact]
    public void A_secret_never_appears_in_the_refusal()
    {
        Assert.DoesNotContain("short", RefusalOf(("--operator-key", "short")), StringComparison.Ordinal);
        Assert.DoesNotContain("pass word", RefusalOf(("--api-key", "pass word")), StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", RefusalOf(("--database", "mysql://me:s3cret@db/x")), StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", RefusalOf(("--database", "postgres:Host=db;Passwort=s3cret")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_customers_key_never_opens_the_operators_door() =>
        Assert.Contains("--operator-key", RefusalOf(("--api-key", "sixteen-letters-1"), ("--operator-key", "sixteen-letters-1")),
            StringComparison.Ordinal);

    [Theory]
    [InlineData("--http", "0.0.0.0:80")]
    [InlineData("--sip", "0.0.0.0:5060")]
    [InlineData("--rtp", "0.0.0.0:16384-32767")]
    [InlineData("--admin", "0.0.0.0:8081")]
    [InlineData("--storage", "0.0.0.0:9000")]
    public void One_listener_beyond_loopback_ends_the_laptop(string flag, string where)
    {
        var settings = Read((flag, where));
        Assert.False(settings.IsOnLoopbackOnly);
        Assert.Equal(flag == "--admin", settings.NeedsOperatorKey);
    }
}
