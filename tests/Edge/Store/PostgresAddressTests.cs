using Npgsql;
using Ringwright.Store.Postgres;

namespace Ringwright.Edge.Store;

/// <summary>Addresses of databases as those who host them show them, which psql takes.</summary>
public sealed class PostgresAddressTests
{
    private const string Place = "postgresql://anna:p%40ss@db.example/calls";

    [Fact]
    public void Parameters_of_a_URL_have_the_names_that_psql_has_for_them()
    {
        var address = Read(Place + "?sslmode=require&channel_binding=require&connect_timeout=7&application_name=mine");
        Assert.Equal(("db.example", 5432), (address.Host, address.Port));
        Assert.Equal(("anna", "p@ss", "calls"), (address.Username, address.Password, address.Database));
        Assert.Equal(SslMode.Require, address.SslMode);
        Assert.Equal(ChannelBinding.Require, address.ChannelBinding);
        Assert.Equal(7, address.Timeout);
    }

    [Fact]
    public void A_dash_stays_where_it_belongs_to_the_value()
    {
        var address = Read(Place + "?sslmode=verify-full&sslrootcert=/etc/ssl/db-ca.pem&options=-c%20search_path%3Dline-one");
        Assert.Equal(SslMode.VerifyFull, address.SslMode);
        Assert.Equal("/etc/ssl/db-ca.pem", address.RootCertificate);
        Assert.Equal("-c search_path=line-one", address.Options);
        Assert.Equal(SslMode.VerifyCA, Read(Place + "?SSL%20Mode=verify-ca").SslMode);
    }

    [Theory]
    [InlineData("sslmode=require&sslrootcert=system")]
    [InlineData("sslrootcert=system&sslmode=require")]
    [InlineData("sslrootcert=system")]
    public void The_roots_of_the_machine_verify_all(string parameters)
    {
        var address = Read($"{Place}?{parameters}");
        Assert.Equal(SslMode.VerifyFull, address.SslMode);
        Assert.Null(address.RootCertificate);
    }

    [Fact]
    public void A_folder_of_a_socket_is_a_host_behind_the_name()
    {
        var address = Read("postgresql:///calls?host=/run/postgresql");
        Assert.Equal(("/run/postgresql", "calls"), (address.Host, address.Database));
    }

    [Fact]
    public void What_a_node_needs_of_a_server_in_any_case_is_passed_over() =>
        Assert.Null(Read(Place + "?target_session_attrs=read-write").TargetSessionAttributes);

    [Fact]
    public void A_user_and_a_password_stand_there_as_they_were_made()
    {
        var address = Read("postgres://me@server:p@ss/w#1@db.example:5433/calls?sslmode=require");
        Assert.Equal(("me@server", "p@ss/w#1"), (address.Username, address.Password));
        Assert.Equal(("db.example", 5433, "calls"), (address.Host, address.Port, address.Database));
    }

    [Theory]
    [InlineData("postgresql://anna:p@ss,1@a.example,b.example:5433/calls?target_session_attrs=read-write")]
    [InlineData("postgresql:///calls?host=a.example,b.example:5433&user=anna&password=p@ss,1")]
    [InlineData("postgres:Host=a.example, b.example:5433;Username=anna;Password=p@ss,1;Database=calls;target_session_attrs=primary")]
    [InlineData("postgres:Host=a.example,b.example:5433;Username=anna;Password=p@ss,1;Database=calls;"
        + "Target Session Attributes=Read-Write;Load Balance Hosts=true")]
    public void Several_servers_stand_between_commas_each_with_its_port(string text)
    {
        var address = Read(text);
        Assert.Equal(("anna", "p@ss,1", "calls", null),
            (address.Username, address.Password, address.Database, address.TargetSessionAttributes));
        var servers = PostgresAddress.ServersOf(address);
        Assert.Equal([("a.example", 5432), ("b.example", 5433)], servers.Select(one => (one.Host!, one.Port)));
        Assert.All(servers, one => Assert.Equal("calls", one.Database));
        Assert.Equal("postgres://a.example:5432,b.example:5433/calls", PostgresAddress.Describe(address));
    }

    [Theory]
    [InlineData("postgres:Host=[::1]:5433,::2,[::3];Port=5434", "::1 5433, ::2 5434, ::3 5434")]
    [InlineData("postgres://[::1]:5433/calls", "::1 5433")]
    [InlineData("postgres:Host=/run/a, /run/b", "/run/a 5432, /run/b 5432")]
    public void A_server_has_its_own_port_or_the_one_of_all(string text, string servers) =>
        Assert.Equal(servers, string.Join(", ", PostgresAddress.ServersOf(Read(text)).Select(one => $"{one.Host} {one.Port}")));

    [Fact]
    public void Whoever_says_when_a_silent_server_is_asked_says_it_as_psql_does()
    {
        var address = Read(Place + "?keepalives_idle=7&keepalives_interval=3");
        Assert.Equal((7, 3), (address.TcpKeepAliveTime, address.TcpKeepAliveInterval));
    }

    [Theory]
    [InlineData("postgres:///calls")]
    [InlineData("postgres:Host=a,b;Target Session Attributes=standby")]
    [InlineData(Place + "?target_session_attrs=standby")]
    [InlineData(Place + "?pgbouncer=true")]
    [InlineData(Place + "?sslmode=no-verify")]
    public void What_the_driver_does_not_know_is_no_address(string text) => Assert.Null(PostgresAddress.Read(text));

    private static NpgsqlConnectionStringBuilder Read(string text) =>
        PostgresAddress.Read(text) ?? throw new InvalidOperationException($"{text} is no address");
}
