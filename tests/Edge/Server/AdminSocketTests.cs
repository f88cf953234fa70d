using System.Text;
using Ringwright.Server.Nodes;
using Ringwright.Server.Roles;

namespace Ringwright.Edge.Server;

public sealed class AdminSocketTests
{
    [Fact]
    public void The_socket_lies_in_the_data_folder() => Assert.Equal("/srv/ringwright/admin.sock", AdminSocket.PathFor("/srv/ringwright"));

    [Theory]
    [InlineData(96)]   // with "/admin.sock" 107 bytes, what a socket's address holds
    [InlineData(97)]
    [InlineData(400)]
    public void A_folder_of_any_length_has_a_path_that_fits(int length)
    {
        string folder = "/" + new string('x', length - 1);
        string path = AdminSocket.PathFor(folder);
        Assert.True(Encoding.UTF8.GetByteCount(path) <= 107);
        Assert.Equal(length <= 96, path.StartsWith(folder, StringComparison.Ordinal));
        Assert.Equal(path, AdminSocket.PathFor(folder));
    }

    /// <summary>The lab is beside a node whose folder is as deep as folders of jobs may be.</summary>
    [Theory]
    [InlineData(98)]   // with "/lab.sock" 107 bytes
    [InlineData(99)]
    [InlineData(400)]
    public void The_labs_socket_fits_as_well(int length)
    {
        string folder = "/" + new string('x', length - 1);
        string path = LabRole.SocketFor(folder);
        Assert.True(Encoding.UTF8.GetByteCount(path) <= 107);
        Assert.Equal(length <= 98, path.StartsWith(folder, StringComparison.Ordinal));
        Assert.EndsWith("/lab.sock", path, StringComparison.Ordinal);
    }
}
