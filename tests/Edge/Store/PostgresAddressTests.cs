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
    [InlineData("postgres:///calls")]
    [InlineData(Place + "?target_session_attrs=standby")]
    [InlineData(Place + "?pgbouncer=true")]
    [InlineData(Place + "?sslmode=no-verify")]
    public void What_the_driver_does_not_know_is_no_address(string text) => Assert.Null(PostgresAddress.Read(text));

    private static NpgsqlConnectionStringBuilder Read(string text) =>
        PostgresAddress.Read(text) ?? throw new InvalidOperationException($"{text} is no address");
}
