// The other ends. Each role takes its own arguments, prints one JSON line of
// result, and is bounded in time.

#ifndef ROLES_H
#define ROLES_H

int source(int argc, char **argv);
int sink(int argc, char **argv);
int fetch(int argc, char **argv);
int echo_server(int argc, char **argv);
int echo(int argc, char **argv);
int idle(int argc, char **argv);
int short_connections(int argc, char **argv);

/// More connections than the descriptors of one process allow are refused early.
#define MOST_CONNECTIONS 100000

#endif
